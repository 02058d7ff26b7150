// Tests of the catalogue's pages in chromium, on this machine alone.
//
//   node run.mjs PATH/TO/sprog [FOLDER] [--quick] [--only=PART OF A NAME]
//
// Datasets are built into FOLDER (kept), or into a temporary one (removed). --quick leaves out what needs 1,000 datasets
// and most widths. CHROMIUM names another browser, SHOTS a folder for pictures of pages that failed.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { access } from './access.mjs'
import { DATASETS, build, hostileRecipe, pages, publish } from './catalogue.mjs'
import { data } from './data.mjs'
import { hostile } from './hostile.mjs'
import { layout } from './layout.mjs'
import { many } from './many.mjs'
import { Run, launch } from './harness.mjs'
import { search } from './finding.mjs'
import { self } from './self.mjs'
import { serve } from './server.mjs'

const flags = process.argv.slice(2).filter(a => a.startsWith('--'))
const [program, folder] = process.argv.slice(2).filter(a => !a.startsWith('--'))
const quick = flags.includes('--quick')
const only = flags.find(f => f.startsWith('--only='))?.slice(7) ?? ''
const group = flags.find(f => f.startsWith('--group='))?.slice(8) ?? ''
if (!program) {
  console.error('node run.mjs PATH/TO/sprog [FOLDER] [--quick] [--only=NAME] [--group=NAME]')
  process.exit(2)
}

const sprog = path.resolve(program)
const scratch = folder ? path.resolve(folder) : mkdtempSync(path.join(tmpdir(), 'sprog-browser-'))
mkdirSync(scratch, { recursive: true })
const browser = await launch()
const run = new Run(browser, only)
let status = 1
try {
  const out = path.join(scratch, 'out'), ids = DATASETS.map(([id]) => id)
  build(sprog, out, [...DATASETS, ['hostile', hostileRecipe(scratch)]])
  const root = publish(sprog, out, path.join(scratch, 'root'), ids)
  const host = await serve(root)
  const site = { root, base: host.base, log: host.log, pages: pages(ids), sprog, out, scratch, quick }
  for (const [name, part] of Object.entries({ self, search, data, layout, access, hostile, many })) {
    if (!group || group.split(',').includes(name)) await part(run, site)
  }
  await host.close()
  console.log(`\n${run.passed} passed, ${run.failed.length} failed`)
  for (const [name, value] of run.figures) console.log(`  ${name}: ${value}`)
  if (!run.passed) console.error('nothing was tested')
  status = run.failed.length || !run.passed ? 1 : 0
} finally {
  await browser.close()
  if (!folder) rmSync(scratch, { recursive: true, force: true })
}
process.exit(status)

// Makes a root for player.mjs: the demo, its speech with the times of words, and hostile text.
//
//   node player_root.mjs path/to/sprog FOLDER
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')

const recipe = (id, source, steps) => `
[dataset]
id = "${id}"
version = "1.0.0"
created = "2026-11-22"
publisher = "sprog"
contact = "the project's issue tracker"
languages = ["da"]
[dataset.title]
da = "Prøve: ${id}"
en = "Test: ${id}"
[dataset.description]
da = "Til afprøvning af katalogets sider."
en = "For tests of the catalogue's pages."
[[source]]
id = "kilde"
${source}
license = "CC0-1.0"
legal_basis = "own work"
${steps}
[[step]]
use = "split"
seed = "demo"
shares = [["train", 1.0]]
`

/** Text that wants to be more than text: markup, addresses, formulas, direction marks, size. */
const HOSTILE = [
  '<script>window.executed = 1</script><img src=x onerror="window.executed = 1"><b>fed</b>',
  'javascript:window.executed=1', 'https://example.dk/æøå?a=1&b=<script>', 'https://example.dk/side',
  'data:text/html,<script>window.executed=1</script>',
  '=HYPERLINK("https://example.dk";"klik")', '+45', '-1+1', '@SUM(A1)', '\t=1+1',
  'fil\u202egnp.exe\u202c og \u2066isoleret', 'שלום עולם', '\u0000\u0001\u001b[31m', '{{constructor.constructor("window.executed=1")()}}',
  `${'ord '.repeat(250000)}`, 'x'.repeat(100000), '😀'.repeat(300), '__proto__',
]

/** Builds the root below `folder`, a new temporary one if none is given, and gives it. */
export function makeRoot(sprog, folder) {
  const root = folder ? resolve(folder) : mkdtempSync(join(tmpdir(), 'sprog-player-root-'))
  if (!folder) process.on('exit', () => rmSync(root, { recursive: true, force: true }))
  const work = mkdtempSync(join(tmpdir(), 'sprog-player-work-'))
  try {
    cpSync(join(repository, 'datasets/demo/speech'), join(work, 'tale/speech'), { recursive: true })
    const speech = 'kind = "speech"\nformat = "tsv"\nfiles = ["speech/transcripts.tsv"]\nconsent = "no person is heard: the voices are synthetic"'
    writeFileSync(join(work, 'tale/recipe.toml'), recipe('tale-tider', speech, '[[step]]\nuse = "resample"\nrate = 16000\n[[step]]\nuse = "align"\ntrain_hours = 1.0\n'))
    mkdirSync(join(work, 'fjendtlig'))
    writeFileSync(join(work, 'fjendtlig/t.jsonl'), HOSTILE.map((text, i) => JSON.stringify({ id: `r${String(i).padStart(2, '0')}`, text, title: text.slice(0, 300), url: 'javascript:window.executed=1' })).join('\n'))
    writeFileSync(join(work, 'fjendtlig/recipe.toml'), recipe('fjendtlig', 'kind = "text"\nformat = "jsonl"\nfiles = ["t.jsonl"]', ''))
    for (const [id, from] of [['demo', join(repository, 'datasets/demo')], ['tale-tider', join(work, 'tale')], ['fjendtlig', join(work, 'fjendtlig')]]) {
      execFileSync(sprog, ['build', from, '--out', join(work, 'out'), '--quiet'], { stdio: ['ignore', 'ignore', 'inherit'] })
      cpSync(join(work, 'out', id), join(root, 'ds', id), { recursive: true })
      const manifest_sha256 = createHash('sha256').update(readFileSync(join(root, 'ds', id, '1.0.0/MANIFEST.json'))).digest('hex')
      const version = { version: '1.0.0', created: '2026-11-22', manifest_sha256 }
      writeFileSync(join(root, 'ds', id, 'latest.json'), JSON.stringify({ format: 1, id, ...version, versions: [{ ...version, bytes: 0 }] }))
    }
    execFileSync(sprog, ['catalog', 'build', root, '--base-url', 'http://127.0.0.1/site/', '--quiet'], { stdio: ['ignore', 'ignore', 'inherit'] })
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return root
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(makeRoot(resolve(process.argv[2]), process.argv[3]))

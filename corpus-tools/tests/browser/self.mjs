// The checks of these tests, each against a page that breaks it: a check that cannot fail proves nothing.

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Run, axe, ok } from './harness.mjs'
import { fits } from './layout.mjs'
import { intruders } from './hostile.mjs'
import { HTML, tabStops } from './access.mjs'
import { serve } from './server.mjs'

const page = (body, head = '') => `<!DOCTYPE html><html lang="da"><head><meta charset="utf-8"><title>Prøve</title>${head}</head><body><main><h1>Prøve</h1>${body}</main></body></html>`

/** Names, pages, and checks that must not hold. */
const BROKEN = [
  ['a script that runs', page('<p>a</p>', '<script src="run.js"></script>'), null],
  ['an image that is not there and its handler', page('<img src=x alt="" onerror="tripwire(1)">'), null],
  ['a script against the policy', page('<p>a</p><script>1</script>'), null, true],
  ['another origin', page('<p>a</p>', '<link rel="stylesheet" href="http://127.0.0.2:9/style.css">'), null],
  ['an error', page('<p>a</p>', '<script src="throw.js"></script>'), null],
  ['a page too wide', page('<p class="w">a</p>', '<link rel="stylesheet" href="wide.css">'), fits],
  ['texts on each other', page('<p class="o">One line here.</p><p>Another line here.</p>', '<link rel="stylesheet" href="wide.css">'), fits],
  ['grey on grey', page('<p class="g">Et afsnit, som ingen kan læse.</p>', '<link rel="stylesheet" href="wide.css">'), async tab => { const found = await axe(tab); ok(!found.length, found.join()) }],
  ['a picture without a text', page('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">'), async tab => { const found = await axe(tab); ok(!found.length, found.join()) }],
  ['a frame', page('<iframe srcdoc="a" title="a"></iframe>'), async tab => { const found = await intruders(tab); ok(!found.length, found.join()) }],
  ['an address of a script', page('<a href="javascript:1">a</a>'), async tab => { const found = await intruders(tab); ok(!found.length, found.join()) }],
  ['HTML that is not valid', page('<p><div id="a">a</div></p><p id="a">b</p>'), async tab => { ok((await HTML.validateString(await tab.content())).valid, 'not valid'); ok((await HTML.validateString(page('<p><div id="a">a</div></p>'))).valid, 'not valid') }],
  ['a focus that does not show', page('<a href="#a">a</a> <a href="#b">b</a>', '<link rel="stylesheet" href="wide.css">'), async tab => { const stops = await tabStops(tab); ok(stops.length === 2 && stops.every(s => s.shown), JSON.stringify(stops)) }],
]

export async function self(run, { scratch }) {
  const root = path.join(scratch, 'broken')
  mkdirSync(root, { recursive: true })
  writeFileSync(path.join(root, 'run.js'), "window.tripwire('run.js')")
  writeFileSync(path.join(root, 'throw.js'), "throw new Error('thrown')")
  writeFileSync(path.join(root, 'wide.css'), '.w { width: 3000px } .o { margin: 0; height: 20px } .o + p { margin-top: -16px } .g { color: #999; background: #aaa } a:focus { outline: none }')
  const host = await serve(root, { csp: null }), strict = await serve(root)
  const said = [], print = console.log
  try {
    for (const [name, text, check, policy] of BROKEN) {
      writeFileSync(path.join(root, 'index.html'), text.replace('<meta charset="utf-8">', '<meta charset="utf-8"><link rel="icon" href="data:,">'))
      const inner = new Run(run.browser)
      console.log = line => said.push(line)
      await inner.test(name, {}, async tab => {
        await tab.goto(`${(policy ? strict : host).base}index.html`, { waitUntil: 'networkidle' }).catch(() => {})
        if (check) await check(tab)
      }).finally(() => { console.log = print })
      await run.test(`seen: ${name}`, {}, async () => ok(inner.failed.length === 1, 'the check let it pass'))
    }
    // And a page that is as it should be passes all of them.
    writeFileSync(path.join(root, 'index.html'), page('<p>a</p>', '<link rel="icon" href="data:,">'))
    await run.test('a page without fault passes', {}, async tab => {
      await tab.goto(`${strict.base}index.html`, { waitUntil: 'networkidle' })
      await fits(tab)
      ok(!(await axe(tab)).length && !(await intruders(tab)).length, 'faults were seen')
    })
  } finally {
    console.log = print
    await host.close()
    await strict.close()
  }
}

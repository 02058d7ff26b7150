// A dataset whose every text wants to run or to be seen elsewhere: nothing of it does.

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { axe, equal, ok, openAll } from './harness.mjs'
import { pages, publish } from './catalogue.mjs'
import { fits } from './layout.mjs'
import { serve } from './server.mjs'

/** Elements and addresses that the site itself never has. */
export const intruders = tab => tab.evaluate(() => {
  const out = []
  for (const e of document.querySelectorAll('*')) {
    const name = e.tagName.toLowerCase()
    if (['iframe', 'object', 'embed', 'base', 'style', 'math', 'frame', 'textarea'].includes(name)) out.push(`<${name}>`)
    if (name === 'script' && !/^(application\/ld\+json)$/.test(e.type) && !/assets\/[a-z]+\.js$/.test(e.src)) out.push(e.outerHTML.slice(0, 80))
    for (const a of e.attributes) {
      if (/^on/i.test(a.name)) out.push(`${name} ${a.name}`)
      if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(a.name) && /^\s*(javascript|vbscript|data:text)/i.test(a.value)) out.push(`${name} ${a.name}=${a.value.slice(0, 40)}`)
      if (name !== 'audio' && a.name === 'autofocus') out.push(`${name} autofocus`)
    }
    if (name === 'meta' && e.httpEquiv === 'refresh') out.push('meta refresh')
  }
  return out
})

export async function hostile(run, { sprog, out, scratch, quick }) {
  const root = publish(sprog, out, path.join(scratch, 'hostile-root'), ['hostile', 'borgerservice-tekst'])
  // With the policy of pages and host, and without that of the host and the pages' own: escaping must do without.
  for (const csp of [true, false]) {
    const host = await serve(root, csp ? {} : { csp: null })
    const strip = async tab => {
      if (csp) return
      await tab.route('**/*.html', async route => {
        const answer = await route.fetch()
        await route.fulfill({ response: answer, body: (await answer.text()).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '') })
      })
    }
    const named = csp ? '' : ' without a policy'
    let ran = 0
    for (const page of pages(['hostile'])) {
      for (const width of quick ? [360] : [360, 1280]) {
        await run.test(`hostile${named} ${page.path} ${width}`, { viewport: { width, height: 780 } }, async tab => {
          await strip(tab)
          await tab.goto(host.base + page.path, { waitUntil: 'networkidle' })
          await openAll(tab)
          const found = await intruders(tab)
          ok(!found.length, `in the page: ${found.slice(0, 5).join(' | ')}`)
          await fits(tab)
          const bidi = await tab.evaluate(() => /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText))
          equal(bidi, false, 'controls of direction are in the page')
          const report = await axe(tab)
          ok(!report.length, `WCAG 2.1 AA:\n    ${report.join('\n    ')}`)
          ran += 1
        })
      }
    }
    await run.test(`hostile${named} live rows`, {}, async tab => {
      await strip(tab)
      await tab.goto(`${host.base}ds/hostile/index.html`, { waitUntil: 'networkidle' })
      const part = tab.locator('#rows')
      const select = part.getByRole('combobox', { name: 'Tabel' })
      for (const name of await select.locator('option').evaluateAll(all => all.map(o => o.value))) {
        await select.selectOption(name)
        for (let n = 0; n < 12; n++) {
          const next = part.getByRole('button', { name: 'Næste' })
          if (!await next.isEnabled()) break
          await next.click()
          await tab.waitForFunction(() => !document.querySelector('.lr-host').hasAttribute('aria-busy'), null, { polling: 50 })
          for (const e of (await tab.locator('.lr-long > button').all()).slice(0, 3)) await e.click()
          for (const e of (await tab.locator('.lr-no button').all()).slice(0, 2)) await e.click()
          const found = await intruders(tab)
          ok(!found.length, `in the page: ${found.slice(0, 5).join(' | ')}`)
          await fits(tab)
        }
        equal(await tab.locator('.lr-problem:visible').count(), 0, 'problems')
      }
    })
    await run.test(`hostile${named} addresses`, {}, async tab => {
      await strip(tab)
      for (const hash of ['config=<img src=x onerror=tripwire(1)>', 'config=text&split=train&row=1e99', 'config=__proto__&columns=constructor', `f=${'a'.repeat(9000)}`, '%E0%A4%A', 'row=-5&config=text']) {
        await tab.goto(`${host.base}ds/hostile/index.html#${hash}`, { waitUntil: 'networkidle' })
        await tab.reload({ waitUntil: 'networkidle' })
        const found = await intruders(tab)
        ok(!found.length, `in the page: ${found.slice(0, 5).join(' | ')}`)
      }
      for (const query of ['q=<script>tripwire(1)</script>', 'q=%22%20autofocus%20onfocus=tripwire(1)', 'task=__proto__&q=constructor', `q=${'æ'.repeat(900)}`, 'q=%E0%A4%A']) {
        await tab.goto(`${host.base}index.html?${query}`, { waitUntil: 'networkidle' })
        const found = await intruders(tab)
        ok(!found.length, `in the page: ${found.slice(0, 5).join(' | ')}`)
        await fits(tab)
      }
    })
    if (csp) {
      await run.test('hostile csv', {}, async tab => {
        await tab.goto(`${host.base}ds/hostile/index.html`, { waitUntil: 'networkidle' })
        const part = tab.locator('#rows')
        await part.getByRole('combobox', { name: 'Tabel' }).selectOption('text')
        await part.locator('summary', { hasText: 'Kolonner' }).click()
        await part.getByRole('checkbox', { name: 'title' }).waitFor()
        if (!await part.getByRole('checkbox', { name: 'title' }).isChecked()) await part.getByRole('checkbox', { name: 'title' }).check()
        // The rows that came with the page stay until others are asked for.
        await part.getByRole('button', { name: 'Gå', exact: true }).click()
        let cells = 0, formulas = 0, guarded = 0
        for (let n = 0; n < 12; n++) {
          await tab.waitForFunction(() => { const h = document.querySelector('.lr-host'); return !h.hidden && !h.hasAttribute('aria-busy') }, null, { polling: 50 })
          const box = part.locator('details', { hasText: 'Hent de viste rækker' })
          if (!await box.evaluate(e => e.open)) await box.locator('summary').click()
          const wait = tab.waitForEvent('download')
          await part.getByRole('button', { name: 'CSV-fil' }).click()
          for (const cell of parse(await readFile(await (await wait).path(), 'utf8'))) {
            cells += 1
            if (/^[=+\-@\t\r]/.test(cell) && !/^-?[\d.]+$/.test(cell)) formulas += 1
            if (/^'[=+\-@\t\r]/.test(cell)) guarded += 1
          }
          const next = part.getByRole('button', { name: 'Næste' })
          if (!await next.isEnabled()) break
          await next.click()
        }
        run.figure('cells of CSV', `${cells}, ${guarded} guarded, ${formulas} formulas`)
        ok(cells > 100 && guarded >= 5, `${cells} cells, ${guarded} guarded`)
        equal(formulas, 0, 'formulas in CSV')
      })
    }
    run.figure(`pages of the hostile dataset${named} without a script run`, ran)
    await host.close()
  }
}

/** Cells of a CSV file as RFC 4180 has it. */
function parse(text) {
  const cells = [], all = /(?:^|,|\r?\n)(?:"((?:[^"]|"")*)"|([^,"\r\n]*))/gy
  for (let m; (m = all.exec(text.replace(/^\ufeff/, ''))) && all.lastIndex <= text.length;) {
    cells.push((m[1] ?? m[2] ?? '').replaceAll('""', '"'))
    if (!m[0].length) break
  }
  return cells
}

// Search and facets of the front page, and what the page costs.

import { equal, ok } from './harness.mjs'
import { serve } from './server.mjs'

export const shownIds = tab => tab.evaluate(() => [...document.querySelectorAll('#datasets > li')].filter(e => e.checkVisibility()).map(e => e.dataset.id ?? e.querySelector('a').getAttribute('href')))

/** Types a query and waits until the list follows. */
export async function query(tab, text) {
  await tab.locator('#q').fill(text)
  await tab.waitForTimeout(250)
  return shownIds(tab)
}

export async function search(run, { base, root }) {
  await run.test('the search is there', {}, async tab => {
    await tab.goto(`${base}index.html`, { waitUntil: 'networkidle' })
    ok(await tab.locator('#q').isVisible(), 'no field to search in')
  })
  if (run.failed.includes('the search is there')) return

  for (const [lang, path] of [['da', 'index.html'], ['en', 'en/index.html']]) {
    await run.test(`search ${lang}`, {}, async tab => {
      await tab.goto(base + path, { waitUntil: 'networkidle' })
      const all = await shownIds(tab)
      equal(all.length, 4, 'datasets')
      for (const [text, id] of [['dansk-regler', 'dansk-regler'], ['stavning', 'dansk-regler'], ['DIALEKT', 'borgerservice-tale'], ['breve', 'borgerservice-tekst'], ['brev', 'borgerservice-tekst'], ['laeseregler', null], ['vejledning', 'borgerservice-tekst']]) {
        const found = await query(tab, text)
        if (id) ok(found.includes(id), `${text}: ${found.join(', ') || 'nothing'}`)
      }
      equal((await query(tab, 'qqzzxxwwkk')).length, 0, 'hits of nonsense')
      ok(/0|ingen|no /i.test(await tab.locator('#hits').innerText()), 'the number of hits is not said')
      equal((await query(tab, '')).length, all.length, 'datasets without a query')
      await query(tab, 'stavning')
      ok(tab.url().includes('q=stavning'), 'the address does not have the query')
      await tab.reload({ waitUntil: 'networkidle' })
      await tab.waitForTimeout(200)
      ok((await shownIds(tab)).includes('dansk-regler') && await tab.locator('#q').inputValue() === 'stavning', 'the address is not followed')
    })
    await run.test(`facets ${lang}`, {}, async tab => {
      await tab.goto(base + path, { waitUntil: 'networkidle' })
      const box = tab.locator('.facets input[name=modality][value=rules]')
      await box.check()
      await tab.waitForTimeout(250)
      equal((await shownIds(tab)).sort().join(), 'dansk-regler,demo', 'datasets of rules')
      await query(tab, 'grammatik')
      equal((await shownIds(tab)).join(), 'dansk-regler', 'facet and query')
      await tab.locator('.facets button[type=reset]').click()
      await tab.waitForTimeout(250)
      equal(await tab.locator('.facets input:checked').count(), 0, 'facets after reset')
    })
    await run.test(`facets on a phone ${lang}`, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, async tab => {
      await tab.goto(base + path, { waitUntil: 'networkidle' })
      ok(await tab.locator('#datasets > li').first().evaluate(e => e.getBoundingClientRect().top < 844), 'no dataset on the first screen')
      await tab.locator('.facets summary').tap()
      await tab.locator('.facets input[name=modality][value=rules]').tap()
      await tab.waitForTimeout(250)
      equal((await shownIds(tab)).sort().join(), 'dansk-regler,demo', 'datasets of rules')
    })
    await run.test(`search keyboard ${lang}`, {}, async tab => {
      await tab.goto(base + path, { waitUntil: 'networkidle' })
      await tab.keyboard.press('/')
      equal(await tab.evaluate(() => document.activeElement?.id), 'q', '"/" goes to')
      await tab.keyboard.type('stavning')
      await tab.waitForTimeout(250)
      await tab.keyboard.press('ArrowDown')
      ok(await tab.evaluate(() => document.activeElement?.closest('#datasets') !== null), 'the arrow does not go to the hits')
      await tab.keyboard.press('Enter')
      await tab.waitForURL(/ds\/dansk-regler/)
    })
  }

  await run.test('first page', {}, async tab => {
    const host = await serve(root)
    try {
      const begun = performance.now()
      await tab.goto(`${host.base}index.html`, { waitUntil: 'load' })
      const loaded = performance.now() - begun
      await tab.locator('#q').fill('stavning')
      await tab.waitForFunction(() => [...document.querySelectorAll('#datasets > li')].filter(e => e.checkVisibility()).length === 1, null, { polling: 'raf' }).catch(() => { throw new Error('the search does not answer') })
      const usable = performance.now() - begun
      await tab.waitForLoadState('networkidle')
      const bytes = host.log.reduce((all, e) => all + e.bytes, 0)
      run.figure('first page, with the search used', `${bytes} bytes in ${host.log.length} requests`)
      run.figure('first page on loopback', `loaded ${Math.round(loaded)} ms, search answered ${Math.round(usable)} ms`)
      ok(bytes <= 150_000, `${bytes} bytes`)
      ok(usable < 15_000, `${usable} ms`)
    } finally { await host.close() }
  })
}

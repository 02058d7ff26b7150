// Live rows, filters, the player: what is read from the files, and what readers get to see.

import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { axe, equal, ok } from './harness.mjs'
import { fits } from './layout.mjs'
import { tabStops } from './access.mjs'

const WORDS = {
  da: { next: 'Næste', filters: 'Filtre', apply: 'Anvend', column: 'Kolonne', how: 'Betingelse', value: 'Værdi', play: 'Afspil række 1', go: 'Gå til række', position: 'Afspilningssted', csv: 'CSV-fil', export: 'Hent de viste rækker', table: 'Tabel', columns: 'Kolonner', player: 'Lyd', close: 'Luk' },
  en: { next: 'Next', filters: 'Filters', apply: 'Apply', column: 'Column', how: 'Condition', value: 'Value', play: 'Play row 1', go: 'Go to row', position: 'Position', csv: 'CSV file', export: 'Download the rows shown', table: 'Table', columns: 'Columns', player: 'Audio', close: 'Close' },
}

const url = (base, lang, id) => `${base}${lang === 'en' ? 'en/' : ''}ds/${id}/index.html`
const rows = tab => tab.locator('.lr-host tbody tr, #rows .rows:not([hidden]) tbody tr').filter({ visible: true })
const parquet = log => log.filter(e => e.path.includes('.parquet'))
const sum = entries => entries.reduce((all, e) => all + e.bytes, 0)

/** Waits until the rows are read and shown. */
const settled = tab => tab.waitForFunction(() => {
  const host = document.querySelector('.lr-host')
  return host && !host.hidden && !host.hasAttribute('aria-busy') && host.querySelector('table, p')
}, null, { polling: 50 }).catch(() => { throw new Error('no rows were read') })

export async function data(run, { base, log, root, quick }) {
  for (const lang of ['da', 'en']) {
    const w = WORDS[lang]
    const part = tab => tab.locator('#rows')

    await run.test(`rows ${lang}`, {}, async tab => {
      await tab.goto(url(base, lang, 'borgerservice-tekst'), { waitUntil: 'networkidle' })
      const before = log.length
      ok(!parquet(log.slice(0, before)).some(e => e.status === 200 && e.path.includes('borgerservice-tekst')), 'a whole file was read')
      const first = await rows(tab).first().innerText()
      await part(tab).getByRole('button', { name: w.next }).click()
      await settled(tab)
      const second = await rows(tab).first().innerText()
      ok(first !== second, 'the next page has the same rows')
      const read = parquet(log.slice(before))
      ok(read.length > 0 && read.every(e => e.status === 206), 'rows are read by ranges')
      if (lang === 'da') run.figure('a page of rows (text)', `${sum(read)} bytes in ${read.length} requests`)
      await part(tab).getByRole('spinbutton', { name: w.go }).fill('12')
      await part(tab).getByRole('spinbutton', { name: w.go }).press('Enter')
      await tab.waitForFunction(() => document.querySelector('.lr-host tbody th')?.textContent.trim() === '12', null, { polling: 50 })
      const found = await axe(tab)
      ok(!found.length, `WCAG 2.1 AA:\n    ${found.join('\n    ')}`)
      await fits(tab)
    })

    await run.test(`filter ${lang}`, {}, async tab => {
      await tab.goto(url(base, lang, 'borgerservice-tekst'), { waitUntil: 'networkidle' })
      await part(tab).locator('summary', { hasText: w.filters }).click()
      await part(tab).getByRole('combobox', { name: w.column }).selectOption('text')
      await part(tab).getByRole('combobox', { name: w.how }).selectOption('has')
      await part(tab).getByRole('textbox', { name: w.value }).fill('pension')
      await part(tab).getByRole('button', { name: w.apply }).click()
      await settled(tab)
      await tab.waitForFunction(() => document.querySelectorAll('.lr-host tbody tr').length > 0, null, { polling: 50 })
      const texts = await rows(tab).allInnerTexts()
      ok(texts.length > 1, `${texts.length} rows`)
      ok(/pension/.test(decodeURIComponent(new URL(tab.url()).hash)), 'the address does not tell the filter')
      const found = await axe(tab)
      ok(!found.length, `WCAG 2.1 AA:\n    ${found.join('\n    ')}`)
      // Whoever gets the address sees the same.
      const again = await tab.context().newPage()
      await again.goto(tab.url(), { waitUntil: 'networkidle' })
      await settled(again)
      equal((await rows(again).allInnerTexts()).join('\n'), texts.join('\n'), 'rows of the address')
      await part(tab).getByRole('textbox', { name: w.value }).fill('findes slet ikke i teksterne')
      await part(tab).getByRole('button', { name: w.apply }).click()
      await tab.waitForFunction(() => document.querySelector('.lr-host p'), null, { polling: 50 })
    })

    await run.test(`csv ${lang}`, {}, async tab => {
      await tab.goto(url(base, lang, 'borgerservice-tekst'), { waitUntil: 'networkidle' })
      await part(tab).getByRole('button', { name: w.next }).click()
      await settled(tab)
      await part(tab).locator('summary', { hasText: w.export }).click()
      const wait = tab.waitForEvent('download')
      await part(tab).getByRole('button', { name: w.csv }).click()
      const text = await readFile(await (await wait).path(), 'utf8')
      ok(text.split('\n').length > 5 && text.includes('id'), 'no rows in the file')
    })

    for (const touch of [false, true]) {
      await run.test(`play a clip ${lang}${touch ? ' on a phone' : ''}`, touch ? { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } : {}, async tab => {
        const clip = statSync(path.join(root, 'ds/borgerservice-tale/clips/speech-0.flac')).size
        await tab.goto(url(base, lang, 'borgerservice-tale'), { waitUntil: 'networkidle' })
        ok(!parquet(log).some(e => e.path.includes('borgerservice-tale') && e.status === 200), 'a whole file was read')
        const before = log.length
        const button = part(tab).getByRole('button', { name: w.play, exact: true }).first()
        await (touch ? button.tap() : button.click())
        const panel = tab.getByRole('region', { name: w.player, exact: true })
        await panel.waitFor()
        await tab.waitForFunction(() => { const a = document.querySelector('.lr-player audio'); return a && a.currentTime > 0.05 }, null, { polling: 20 })
        await tab.waitForFunction(() => !document.querySelector('.lr-player').hasAttribute('aria-busy'), null, { polling: 50 })
        const read = parquet(log.slice(before)), bytes = sum(read)
        ok(bytes <= 1.1 * clip + 32768, `${bytes} bytes for a clip of ${clip}`)
        ok(read.length <= 6 && read.length > 0, `${read.length} requests`)
        run.figure(`clip of ${clip} bytes${touch ? ', phone' : ''} ${lang}`, `${bytes} bytes on the wire in ${read.length} requests`)
        const said = await panel.innerText()
        ok(/[a-zæøå]{3}/i.test(said), 'no transcript')
        await panel.getByRole('slider', { name: w.position }).waitFor()
        const drawn = await tab.evaluate(() => {
          const c = document.querySelector('.lr-player canvas')
          return c && new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size
        })
        ok(drawn > 20, 'no waveform or spectrogram')
        const found = await axe(tab)
        ok(!found.length, `WCAG 2.1 AA:\n    ${found.join('\n    ')}`)
        await fits(tab)
      })
    }

    await run.test(`words light up ${lang}`, {}, async tab => {
      await tab.goto(url(base, lang, 'borgerservice-tale'), { waitUntil: 'networkidle' })
      await part(tab).getByRole('button', { name: w.play, exact: true }).first().click()
      await tab.locator('.lr-word').first().waitFor()
      const words = await tab.locator('.lr-word').count()
      ok(words >= 4, `${words} words`)
      await tab.locator('.lr-word').nth(2).click()
      await tab.waitForFunction(() => document.querySelector('.lr-now'), null, { polling: 20 })
    })

    await run.test(`keyboard rows and player ${lang}`, {}, async tab => {
      await tab.goto(url(base, lang, 'borgerservice-tale'), { waitUntil: 'networkidle' })
      const play = part(tab).getByRole('button', { name: w.play, exact: true }).first()
      await play.focus()
      await tab.keyboard.press('Enter')
      await tab.waitForFunction(() => document.activeElement?.closest('.lr-player'), null, { polling: 20 })
      await tab.waitForFunction(() => document.querySelector('.lr-player audio').duration > 0, null, { polling: 20 })
      const slider = tab.getByRole('slider', { name: w.position })
      await slider.focus()
      const at = async () => Number(await slider.getAttribute('aria-valuenow'))
      await tab.evaluate(() => document.querySelector('.lr-player audio').pause())
      await tab.keyboard.press('Home')
      await tab.waitForFunction(() => document.querySelector('.lr-player audio').currentTime < 0.05, null, { polling: 20 })
      await tab.keyboard.press('ArrowRight')
      await tab.waitForFunction(() => document.querySelector('.lr-player audio').currentTime >= 0.9, null, { polling: 20 })
      ok(await at() >= 0.9, 'the slider does not say where it is')
      await tab.keyboard.press(' ')
      await tab.waitForFunction(() => !document.querySelector('.lr-player audio').paused, null, { polling: 20 })
      await tab.keyboard.press(' ')
      await tab.waitForFunction(() => document.querySelector('.lr-player audio').paused, null, { polling: 20 })
      await tab.keyboard.press('Escape')
      equal(await tab.getByRole('region', { name: w.player, exact: true }).count(), 0, 'players after Escape')
      ok(await play.evaluate(e => e === document.activeElement), 'the focus does not come back to the button')
      const stops = await tabStops(tab)
      const hidden = stops.filter(s => !s.seen || !s.shown)
      ok(!hidden.length, `focus not seen: ${JSON.stringify(hidden.slice(0, 3))}`)
    })
  }

  if (quick) return
  await run.test('rows of every table', {}, async tab => {
    for (const id of ['demo', 'dansk-regler', 'borgerservice-tale']) {
      await tab.goto(url(base, 'da', id), { waitUntil: 'networkidle' })
      const select = tab.locator('#rows').getByRole('combobox', { name: 'Tabel' })
      for (const name of await select.locator('option').evaluateAll(all => all.map(o => o.value))) {
        await select.selectOption(name)
        const next = tab.locator('#rows').getByRole('button', { name: 'Næste' })
        if (await next.isEnabled()) {
          await next.click()
          await settled(tab)
        }
        ok(await rows(tab).count() > 0, `${id}: no rows of ${name}`)
        ok(await tab.locator('.lr-problem:visible').count() === 0, `${id} ${name}: ${await tab.locator('.lr-problem').textContent()}`)
        await fits(tab)
      }
    }
  })
}

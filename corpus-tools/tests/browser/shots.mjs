// Pictures of the pages, for people to look at.
//
//   node shots.mjs ROOT FOLDER [--all] [--webp]    ROOT has a catalogue
//
// Without --all those of the documentation: front page, a dataset of speech, of text and of rules, on a desktop and a
// phone, in Danish and English. With --all every kind of page, dark too, whole. --webp packs them small with Pillow.

import { execFileSync } from 'node:child_process'
import { mkdirSync, unlinkSync } from 'node:fs'
import path from 'node:path'
import { launch } from './harness.mjs'
import { serve } from './server.mjs'

const [root, folder] = process.argv.slice(2).filter(a => !a.startsWith('--'))
const all = process.argv.includes('--all'), webp = process.argv.includes('--webp')
if (!folder) { console.error('node shots.mjs ROOT FOLDER [--all] [--webp]'); process.exit(2) }
mkdirSync(folder, { recursive: true })
const PAGES = [['forside', '', 'front'], ['tale', 'ds/borgerservice-tale/', 'speech'], ['tekst', 'ds/borgerservice-tekst/', 'text'], ['regler', 'ds/dansk-regler/', 'rules']]
if (all) PAGES.push(['demo', 'ds/demo/', 'demo'], ['tilgaengelighed', 'tilgaengelighed/', 'accessibility'])
const host = await serve(path.resolve(root)), browser = await launch()
for (const [name, place] of PAGES) {
  for (const lang of ['da', 'en']) {
    for (const [device, options] of [['desktop', { viewport: { width: 1280, height: 860 } }], ['phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }]]) {
      for (const colorScheme of all ? ['light', 'dark'] : ['light']) {
        const context = await browser.newContext({ ...options, colorScheme, reducedMotion: 'reduce', deviceScaleFactor: 1 })
        const page = await context.newPage()
        const at = name === 'tilgaengelighed' && lang === 'en' ? 'en/accessibility/' : `${lang === 'en' ? 'en/' : ''}${place}`
        await page.goto(`${host.base}${at}index.html`, { waitUntil: 'networkidle' })
        const file = path.join(folder, `${name}-${device}-${lang}${colorScheme === 'dark' ? '-dark' : ''}.png`)
        await page.screenshot({ path: file, fullPage: all })
        if (webp) {
          execFileSync('python3', ['-c', 'import sys; from PIL import Image; Image.open(sys.argv[1]).convert("RGB").save(sys.argv[2], quality=80, method=6)', file, file.replace(/png$/, 'webp')])
          unlinkSync(file)
        }
        await context.close()
      }
    }
  }
}
if (!all) {
  // The player at work, and the first pages in the dark.
  for (const [name, options, place] of [['afspiller-desktop-da', { viewport: { width: 1280, height: 860 } }, 'ds/borgerservice-tale/'], ['afspiller-phone-da', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }, 'ds/borgerservice-tale/'], ['forside-desktop-da-dark', { viewport: { width: 1280, height: 860 }, colorScheme: 'dark' }, '']]) {
    const page = await (await browser.newContext({ ...options, reducedMotion: 'reduce' })).newPage()
    await page.goto(`${host.base}${place}index.html`, { waitUntil: 'networkidle' })
    if (place) {
      await page.getByRole('button', { name: 'Afspil række 1', exact: true }).first().click()
      await page.waitForFunction(() => { const a = document.querySelector('.lr-player audio'); return a?.currentTime > 1 && !document.querySelector('.lr-player').hasAttribute('aria-busy') })
      await page.evaluate(() => document.querySelector('.lr-player audio').pause())
      await page.waitForTimeout(300)
    }
    const file = path.join(folder, `${name}.png`)
    await page.screenshot({ path: file })
    if (webp) {
      execFileSync('python3', ['-c', 'import sys; from PIL import Image; Image.open(sys.argv[1]).convert("RGB").save(sys.argv[2], quality=80, method=6)', file, file.replace(/png$/, 'webp')])
      unlinkSync(file)
    }
  }
}
await browser.close()
await host.close()

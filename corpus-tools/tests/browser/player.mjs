// Live rows, filters and the player in Debian's chromium, under the site's CSP.
//
//   node player.mjs path/to/sprog [ROOT [pictures]]
//
// ROOT: a root as player_root.mjs makes it; made in a temporary folder if not given. Other speech datasets there are
// measured too. Needs playwright-core (npm, beside this file or in the current folder) and /usr/bin/chromium, or CHROMIUM.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { makeRoot } from './player_root.mjs'
import { serve } from './range_host.mjs'

// Installed beside this file, or in the current folder.
const { chromium } = await import('playwright-core').catch(() => createRequire(join(process.cwd(), 'x.js'))('playwright-core'))
const root = process.argv[3] ? resolve(process.argv[3]) : makeRoot(resolve(process.argv[2])), pictures = process.argv[4]
const host = await serve(root)
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'] })
const tests = []
const test = (name, run) => tests.push([name, run])
const complaints = []

async function open(path, options = {}) {
  const context = await browser.newContext({ acceptDownloads: true, viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15000)
  page.on('pageerror', error => complaints.push(`${path}: ${error.stack}`))
  page.on('console', message => { if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(`${path}: ${message.text()}`) })
  await page.goto(host.url + path)
  await page.locator('.lr-bar').first().waitFor()
  return page
}
const status = page => page.locator('#rows > .lr-status').first()
const settled = page => page.locator('.lr-host:not([aria-busy]) tbody tr').first().waitFor()
const column = (page, name) => page.evaluate(name => {
  const table = document.querySelector('.lr-host table'), at = [...table.tHead.rows[0].cells].findIndex(c => c.textContent === name)
  return [...table.tBodies[0].rows].map(r => r.cells[at]?.textContent)
}, name)
const api = id => JSON.parse(readFileSync(join(root, 'api', `${id}.json`), 'utf8'))
const picture = async (page, name) => { if (pictures) { mkdirSync(pictures, { recursive: true }); await page.screenshot({ path: join(pictures, `${name}.png`) }) } }

test('nothing is read from the data before the reader asks', async () => {
  const from = host.log.length
  const page = await open('ds/demo/')
  await page.waitForTimeout(500)
  await page.locator('#rows').scrollIntoViewIfNeeded()
  await page.waitForTimeout(500)
  assert.equal(host.since(from).requests, 0)
  assert.equal(await page.locator('#rows .rows:visible').count(), 1, 'one table of the page itself is shown')
  await picture(page, 'fresh')
  await page.context().close()
})

test('a page of rows, the next, a jump, columns, the address', async () => {
  const page = await open('ds/demo/')
  const from = host.log.length
  await page.getByRole('button', { name: 'Næste', exact: true }).click()
  await settled(page)
  const read = host.since(from)
  console.log(`  a page of text rows on a fresh page: ${read.bytes} bytes in ${read.requests} requests`)
  assert.match(await status(page).textContent(), /^Række 11–30 af 281 · .* læst i \d+ forespørgsler/)
  assert.equal(await page.locator('.lr-host tbody tr').count(), 20)
  await page.getByRole('button', { name: 'Næste', exact: true }).click()
  await page.waitForFunction(() => /^Række 31–50/.test(document.querySelector('#rows > .lr-status').textContent))
  await page.getByLabel('Gå til række').fill('281')
  await page.getByRole('button', { name: 'Gå', exact: true }).click()
  await page.waitForFunction(() => /^Række 281–281/.test(document.querySelector('#rows > .lr-status').textContent))
  assert.match(page.url(), /#config=text&split=train&row=281$/)
  await page.locator('#rows .lr-boxes summary', { hasText: 'Kolonner' }).click()
  await page.locator('.lr-columns label', { hasText: /^\s*quality$/ }).click()
  await page.waitForFunction(() => [...document.querySelectorAll('.lr-host thead th')].some(c => c.textContent === 'quality'))
  const address = page.url()
  const again = await open(address.slice(host.url.length))
  await settled(again)
  assert.match(await status(again).textContent(), /^Række 281–281/)
  assert.equal((await column(again, 'id')).length, 1)
  await again.context().close()
  await page.context().close()
})

test('filters find what is there, skip by statistics, and stand in the address', async () => {
  const page = await open('ds/demo/')
  await page.getByText('Filtre', { exact: true }).click()
  await page.getByLabel('Kolonne', { exact: true }).selectOption('text')
  await page.getByLabel('Værdi').fill('Flytning')
  await page.getByRole('button', { name: 'Anvend' }).click()
  await settled(page)
  assert.match(await status(page).textContent(), /fundet/)
  const texts = await column(page, 'text')
  assert.ok(texts.length > 1 && page.url().includes('f=text%7Ehas%7EFlytning'))
  await picture(page, 'filter')
  await page.getByText('Filtre', { exact: true }).click()
  await page.goto(`${host.url}ds/demo/#config=speech&split=train&row=1&f=gender~eq~male&f=duration~min~3,5`)
  await page.reload()
  await settled(page)
  for (const gender of await column(page, 'gender')) assert.equal(gender, 'male')
  const from = host.log.length
  await page.goto(`${host.url}ds/demo/#config=speech&split=train&row=1&f=duration~min~9999`)
  await page.getByText('Ingen rækker opfylder filtrene.').waitFor()
  assert.equal(host.since(from).requests, 0, 'the footer alone says so')
  await page.context().close()
})

test('a search can be stopped and gone on with', async () => {
  const page = await open('ds/demo/')
  host.fault = 'slow'
  await page.goto(`${host.url}ds/demo/#config=text&split=train&row=1&f=text~has~borger`)
  await page.getByRole('button', { name: 'Stop' }).click()
  host.fault = null
  await page.locator('.lr-host[aria-busy]').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Søg videre' }).click()
  await settled(page)
  await page.context().close()
})

test('a whole row, with what was not read', async () => {
  const page = await open('ds/demo/#config=speech&split=train&row=3')
  await settled(page)
  await page.getByRole('button', { name: 'Vis hele rækken: 4' }).click()
  await page.getByRole('button', { name: /^læs/ }).first().click()
  await page.locator('.lr-details dt', { hasText: 'provenance' }).waitFor()
  assert.match(await page.locator('.lr-details pre').first().textContent(), /[{[]/)
  await picture(page, 'details')
  await page.context().close()
})

test('CSV and JSON of the rows shown', async () => {
  const page = await open('ds/demo/#config=text&split=train&row=1')
  await settled(page)
  await page.getByText('Hent de viste rækker').click()
  const get = async name => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    return readFileSync(await download.path(), 'utf8')
  }
  const csv = await get('CSV-fil'), json = JSON.parse(await get('JSON-fil'))
  assert.ok(csv.startsWith('\ufeffid,text,') && csv.endsWith('\r\n'))
  assert.equal(json.length, 20)
  assert.deepEqual(json.map(r => r.id), await column(page, 'id'))
  await page.context().close()
})

for (const id of readdirSync(join(root, 'ds'))) {
  const speech = api(id).configs.find(c => c.columns.some(x => x.name === 'audio'))
  if (!speech) continue
  test(`${id}: a clip on a fresh page costs little more than itself`, async () => {
    const split = speech.splits[0], size = split.files.reduce((sum, f) => sum + f.bytes, 0)
    for (const row of [0, Math.floor(split.rows / 2), split.rows - 1]) {
      const page = await open(row < 10 ? `ds/${id}/` : `en/ds/${id}/#config=${speech.name}&split=${split.name}&row=${row + 1}`)
      let from = host.log.length
      if (row < 10) {
        await page.getByLabel('Tabel', { exact: true }).selectOption(speech.name)
        from = host.log.length
        await page.locator('.rows:visible .lr-play').first().click()
      } else {
        await settled(page)
        from = host.log.length
        await page.locator('.lr-host .lr-play').first().click()
      }
      await page.waitForFunction(() => { const a = document.querySelector('.lr-player audio'); return a && a.duration > 0 && a.currentTime > 0.05 })
      await page.waitForFunction(() => !document.querySelector('.lr-player[aria-busy]'))
      const read = host.since(from)
      const clip = await sizeOf(page)
      console.log(`  ${id} (${split.files.length} files, ${Math.round(size / 1e6)} MB), row ${row + 1}: clip of ${clip} bytes, ${read.bytes} read in ${read.requests} requests${row < 10 ? ', fresh page' : ', rows read before'}`)
      assert.ok(read.bytes <= clip * 1.1 + 32768 && read.requests <= 6)
      await picture(page, `player-${id}-${row}`)
      await page.context().close()
    }
  })
}

/** Bytes of the clip in the player: the saved file's. */
async function sizeOf(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.lr-player a[download]').click()])
  return readFileSync(await download.path()).length
}

test('the player by keyboard, one clip at a time, seek by click, closed to where it was opened', async () => {
  const page = await open('ds/demo/#config=speech&split=train&row=1')
  await settled(page)
  const play = page.locator('.lr-host .lr-play').first()
  await play.focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('.lr-player audio')?.currentTime > 0.05)
  const slider = page.getByRole('slider')
  await slider.focus()
  await page.keyboard.press('Space')
  await page.waitForFunction(() => document.querySelector('.lr-player audio').paused)
  const at = () => page.evaluate(() => document.querySelector('.lr-player audio').currentTime)
  await page.keyboard.press('Home')
  assert.ok(await at() < 0.05)
  await page.keyboard.press('ArrowRight')
  assert.ok(Math.abs(await at() - 1) < 0.1)
  assert.match(await slider.getAttribute('aria-valuetext'), /^1,0 af \d+,\d sekunder$/)
  const box = await slider.boundingBox()
  await page.mouse.click(box.x + box.width / 2, box.y + 20)
  const all = await page.evaluate(() => document.querySelector('.lr-player audio').duration)
  assert.ok(Math.abs(await at() - all / 2) < all * 0.05)
  const drawn = await page.evaluate(() => {
    const canvas = document.querySelector('.lr-player canvas'), data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    return new Set(Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] * 65536 + data[4 * i + 1] * 256 + data[4 * i + 2])).size
  })
  assert.ok(drawn > 20, `${drawn} colours in the picture`)
  // Another clip on the page stops this one.
  await page.keyboard.press('Space')
  await page.locator('#clips audio').first().evaluate(a => a.play())
  await page.waitForFunction(() => document.querySelector('.lr-player audio').paused)
  await slider.focus()
  await page.keyboard.press('Escape')
  assert.ok(await page.locator('.lr-player').isHidden())
  assert.ok(await play.evaluate(b => b === document.activeElement))
  await page.context().close()
})

test('faults of a host are told, and the rows of the page stay', async () => {
  for (const [fault, message] of [['reset', /Dataene kunne ikke hentes/], ['error', /svarede med fejl 503/], ['short', /ikke den, som siden beskriver/]]) {
    const page = await open('ds/demo/')
    host.fault = fault
    await page.getByRole('button', { name: 'Næste', exact: true }).click()
    await page.locator('.lr-problem', { hasText: message }).waitFor()
    host.fault = null
    await page.getByRole('button', { name: 'Næste', exact: true }).click()
    await settled(page)
    await page.context().close()
  }
  // Without ranges a small file is read whole, a large one is not.
  host.fault = 'whole'
  const page = await open('ds/demo/#config=text&split=train&row=21')
  await settled(page)
  const from = host.log.length
  await page.goto(`${host.url}ds/demo/#config=speech&split=train&row=21`)
  await page.locator('.lr-problem', { hasText: /HTTP Range/ }).waitFor()
  console.log(`  without ranges: ${host.since(from).bytes} bytes sent before it stopped`)
  host.fault = null
  await page.context().close()
})

test('a page opened as a file says why there are no live rows', async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(pathToFileURL(join(root, 'ds/demo/index.html')).href)
  await page.getByText('Siden er åbnet som en fil').waitFor()
  assert.ok(await page.locator('#rows .rows tbody tr').first().isVisible())
  await page.context().close()
})

test('a phone: nothing is wider than the screen', async () => {
  const page = await open('en/ds/demo/#config=speech&split=train&row=1', { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, colorScheme: 'dark' })
  await settled(page)
  await page.locator('.lr-host .lr-play').nth(1).click()
  await page.waitForFunction(() => document.querySelector('.lr-player audio')?.currentTime > 0.05)
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await picture(page, 'phone-dark')
  await page.context().close()
})

test('words stand out as they are said, and can be clicked', async () => {
  const page = await open('ds/tale-tider/', { reducedMotion: 'reduce' })
  const from = host.log.length
  await page.locator('.rows:visible .lr-play').nth(1).click()
  await page.locator('.lr-word.lr-now').first().waitFor()
  await page.waitForFunction(() => !document.querySelector('.lr-player[aria-busy]'))
  const read = host.since(from)
  console.log(`  with the times of the words: ${read.bytes} bytes in ${read.requests} requests`)
  assert.ok(read.requests <= 6 && read.bytes <= await sizeOf(page) * 1.1 + 32768)
  await picture(page, 'words')
  const words = page.locator('.lr-word'), last = await words.count() - 1
  await page.locator('.lr-player audio').evaluate(a => a.pause())
  await words.nth(last).click()
  await page.waitForFunction(() => [...document.querySelectorAll('.lr-word')].at(-1).classList.contains('lr-now'))
  assert.equal(await page.locator('.lr-word[tabindex="0"]').count(), 1)
  await words.first().focus()
  await page.keyboard.press('ArrowRight')
  assert.ok(await words.nth(1).evaluate(w => w === document.activeElement))
  await page.context().close()
})

test('hostile rows are text', async () => {
  const page = await open('ds/fjendtlig/#config=text&split=train&row=1')
  await settled(page)
  await page.evaluate(() => { window.touched = 0 })
  for (const more of await page.locator('.lr-host .lr-long .lr-link').all()) await more.click()
  for (const row of await page.locator('.lr-host .lr-no .lr-link').all()) await row.click()
  const unread = page.locator('.lr-detail .lr-link:not(:disabled)').filter({ hasText: /^læs/ })
  for (let i = 0; i < 3; i++) await unread.first().click()
  await page.waitForTimeout(500)
  const found = await page.evaluate(() => ({
    links: [...document.querySelectorAll('.lr-host a')].map(a => a.protocol), elements: document.querySelectorAll('.lr-host :is(script, img, iframe, svg, style, b)').length,
    executed: window.executed, wide: document.documentElement.scrollWidth > innerWidth, tall: Math.max(...[...document.querySelectorAll('.lr-open')].map(e => e.clientHeight)),
  }))
  assert.ok(found.links.every(p => p === 'https:' || p === 'http:') && found.links.length > 0, JSON.stringify(found))
  assert.deepEqual([found.elements, found.executed, found.wide], [0, undefined, false])
  assert.ok(found.tall <= 400, 'a long cell scrolls')
  await picture(page, 'hostile')
  await page.getByText('Hent de viste rækker').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV-fil' }).click()])
  const csv = readFileSync(await download.path(), 'utf8')
  assert.ok(csv.includes("'=HYPERLINK") && !/(^|[,\r\n])"?[=+@]/.test(csv))
  await page.context().close()
})

let bad = 0
const only = process.env.ONLY
for (const [name, run] of tests.filter(([name]) => !only || name.includes(only))) {
  host.fault = null
  try {
    await run()
    console.log(`ok   ${name}`)
  } catch (error) {
    bad++
    console.log(`FAIL ${name}\n${error.stack}`)
  }
}
for (const complaint of complaints) { bad++; console.log(`FAIL in the page: ${complaint}`) }
await browser.close()
host.close()
process.exit(bad ? 1 : 0)

// Widths, no JavaScript, a sub-path, file storage, links.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { equal, ok, openAll, overflow } from './harness.mjs'
import { serve } from './server.mjs'

/** Pairs of boxes of text that lie on each other. */
export const overlaps = tab => tab.evaluate(() => {
  const boxes = [...document.querySelectorAll('h1, h2, h3, p, li, dt, dd, td, th, figcaption, label, button, summary, audio')]
    .filter(e => e.checkVisibility() && !e.closest('.skip, .scroll, .lr-scroll, .sr') && getComputedStyle(e).position !== 'absolute')
    .map(e => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width > 1 && b.height > 1)
  const out = []
  for (let i = 0; i < boxes.length && out.length < 3; i++) {
    for (let j = i + 1; j < boxes.length; j++) {
      const [a, p] = boxes[i], [b, q] = boxes[j]
      if (a.contains(b) || b.contains(a)) continue
      if (a.closest('.contents') || b.closest('.contents') || a.closest('.lr-player') || b.closest('.lr-player')) continue
      const x = Math.min(p.right, q.right) - Math.max(p.left, q.left), y = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top)
      if (x > 2 && y > 4) { out.push(`${a.outerHTML.slice(0, 50)} and ${b.outerHTML.slice(0, 50)}`); break }
    }
  }
  return out
})

/** Texts cut off by their own box. */
export async function fits(tab) {
  const over = await overflow(tab)
  ok(!over.length, `scrolls sideways: ${over.join('; ')}`)
  const laid = await overlaps(tab)
  ok(!laid.length, `lie on each other: ${laid.join(' | ')}`)
}

export async function layout(run, { pages, base, root, quick }) {
  for (const page of pages) {
    for (const width of quick ? [360, 1280] : [320, 360, 390, 768, 1280, 1920]) {
      await run.test(`width ${width} ${page.path}`, { viewport: { width, height: 780 }, isMobile: width < 500, hasTouch: width < 500 }, async tab => {
        await tab.goto(base + page.path, { waitUntil: 'networkidle' })
        await fits(tab)
        await openAll(tab)
        await fits(tab)
      })
    }
    await run.test(`large text ${page.path}`, { viewport: { width: 640, height: 800 } }, async tab => {
      await tab.goto(base + page.path, { waitUntil: 'networkidle' })
      await tab.evaluate(() => { document.documentElement.style.fontSize = '200%' })
      await fits(tab)
    })
    await run.test(`schemes ${page.path}`, {}, async tab => {
      const ground = async colorScheme => {
        await tab.emulateMedia({ colorScheme })
        const [r, g, b] = (await tab.evaluate(() => getComputedStyle(document.body).backgroundColor)).match(/\d+/g).map(Number)
        return r + g + b
      }
      await tab.goto(base + page.path)
      ok(await ground('light') > 600, 'light is not light')
      ok(await ground('dark') < 200, 'dark is not dark')
    })
    await run.test(`no javascript ${page.path}`, { javaScriptEnabled: false }, async tab => {
      await tab.goto(base + page.path)
      await fits(tab)
      if (page.kind === 'front') {
        ok(await tab.locator('#datasets > li h3 a').count() > 2, 'no list of datasets')
        equal(await tab.locator('form:visible').count(), 0, 'forms that do nothing')
      }
      if (!['front', 'accessibility'].includes(page.kind)) {
        ok(await tab.locator('#rows tbody tr').first().isVisible(), 'no rows')
        equal(await tab.locator('#rows .rows').first().locator('tbody tr').count() >= 3, true, 'three rows at least')
      }
      if (page.kind.endsWith('tale')) {
        equal(await tab.locator('figure.clip audio').count(), 3, 'clips')
        for (const audio of await tab.locator('figure.clip audio').all()) {
          // Listeners do not run where scripts are off, so the place is asked for.
          await audio.evaluate(a => { a.muted = true; a.play() })
          let at = 0
          for (let n = 0; n < 100 && !at; n++) {
            await new Promise(done => setTimeout(done, 50))
            at = await audio.evaluate(a => a.currentTime)
          }
          await audio.evaluate(a => { a.pause() })
          ok(at > 0, 'does not play')
        }
      }
    })
    await run.test(`file ${page.path}`, { allow: ['origin \'null\'', 'net::ERR_FAILED', 'fetch', 'CORS', 'file:'] }, async tab => {
      await tab.goto(pathToFileURL(path.join(root, page.path)).href)
      ok(await tab.evaluate(() => getComputedStyle(document.body).marginTop === '0px'), 'no styles')
      const other = tab.getByRole('navigation').getByRole('link', { name: page.lang === 'da' ? 'English' : 'Dansk' }).first()
      await other.click()
      equal(await tab.locator('html').getAttribute('lang'), page.lang === 'da' ? 'en' : 'da', 'the other language')
      if (!['front', 'accessibility'].includes(page.kind)) {
        ok(await tab.locator('#rows tbody tr').first().isVisible(), 'no rows')
        const said = await tab.locator('#rows [role=status]').first().textContent()
        ok(/fil|file/.test(said), 'it is not said why there are no more rows')
      }
    })
  }

  await run.test('sub-path: every link leads somewhere', {}, async tab => {
    const host = await serve(root, { prefix: '/data/sprog/' })
    try {
      const seen = new Map(), wrong = []
      for (const page of pages) {
        await tab.goto(host.base + page.path, { waitUntil: 'networkidle' })
        const links = await tab.evaluate(() => [...document.querySelectorAll('[href], [src]')].map(e => e.href || e.src).filter(u => typeof u === 'string'))
        for (const link of links) {
          const url = link.split('#')[0]
          if (!/^https?:/.test(url) || seen.has(url)) continue
          seen.set(url, page.path)
          // Sources and publishers may be elsewhere; nothing of theirs is asked for.
          if (!url.startsWith(host.origin)) { if (await tab.evaluate(u => [...document.querySelectorAll('link, script, img, audio')].some(e => (e.href || e.src) === u), url)) wrong.push(`${url} is part of ${page.path}`); continue }
          if (!url.startsWith(host.base)) { wrong.push(`${url} is outside the site (${page.path})`); continue }
          const answer = await fetch(url, { method: 'HEAD' })
          if (!answer.ok) wrong.push(`${answer.status} ${url.slice(host.base.length)} (${page.path})`)
        }
        for (const hash of await tab.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)).filter(id => id && !document.getElementById(id)))) wrong.push(`#${hash} (${page.path})`)
      }
      run.figure('links looked up', seen.size)
      ok(seen.size > 30, `${seen.size} links`)
      ok(!wrong.length, `${wrong.length}: ${wrong.slice(0, 8).join('; ')}`)
    } finally { await host.close() }
  })
}

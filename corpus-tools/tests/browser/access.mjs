// Pages for everybody: axe, valid HTML, the keyboard alone, what a screen reader is told, languages.

import { HtmlValidate } from 'html-validate'
import { axe, equal, ok, openAll } from './harness.mjs'

export const HTML = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  // Ways to write the same, which no reader meets.
  rules: {
    'no-trailing-whitespace': 'off', 'attribute-boolean-style': 'off', 'attribute-empty-style': 'off', 'doctype-style': 'off',
    'prefer-native-element': 'off', 'no-raw-characters': 'off', 'long-title': 'off', 'require-sri': 'off', 'void-style': 'off', 'text-content': 'error',
    'wcag/h30': 'error',
    // The lists follow what is typed and ticked; there is nothing to send, and no change of context.
    'wcag/h32': 'off', 'no-inline-style': 'error', 'no-dup-id': 'error', 'input-missing-label': 'error',
  },
})

/** What `Tab` reaches from the top of the page, in order, with how the focus shows. */
export async function tabStops(page, most = 400) {
  await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); window.__stops = new Map() })
  const stops = []
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body || e === document.documentElement) return null
      const all = [...document.querySelectorAll('*')], style = getComputedStyle(e), box = e.getBoundingClientRect()
      const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
      return {
        at: all.indexOf(e), tag: e.tagName.toLowerCase(), name: (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40),
        shown, seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      }
    })
    if (!stop) break
    // A player of the browser's has several stops inside.
    if (stops.length && stop.at === stops.at(-1).at && stop.tag === 'audio') continue
    if (stops.length && stop.at === stops[0].at) break
    stops.push(stop)
  }
  return stops
}

export async function access(run, { pages, base }) {
  for (const page of pages) {
    for (const colorScheme of ['light', 'dark']) {
      await run.test(`axe ${page.path} ${colorScheme}`, { colorScheme }, async tab => {
        await tab.goto(base + page.path, { waitUntil: 'networkidle' })
        await openAll(tab)
        const found = await axe(tab)
        ok(!found.length, `WCAG 2.1 AA:\n    ${found.join('\n    ')}`)
      })
    }
    await run.test(`html ${page.path}`, {}, async tab => {
      const answer = await tab.goto(base + page.path)
      const text = await answer.text()
      const report = await HTML.validateString(text, page.path)
      const lines = report.results.flatMap(r => r.messages).map(m => `${m.ruleId} ${m.line}:${m.column} ${m.message}`)
      ok(report.valid, `${lines.length} errors:\n    ${[...new Set(lines)].slice(0, 12).join('\n    ')}`)
      ok(!/<[^>]*\s(?:on[a-z]+|style)\s*=/i.test(text.replace(/<(script|pre|code)\b[\s\S]*?<\/\1>/g, '')), 'an event handler or a style in an attribute')
    })
    await run.test(`keyboard ${page.path}`, {}, async tab => {
      await tab.goto(base + page.path, { waitUntil: 'networkidle' })
      const stops = await tabStops(tab)
      ok(stops.length > 3, `${stops.length} stops`)
      equal(stops[0].tag, 'a', 'the first stop is the way past the head')
      const hidden = stops.filter(s => !s.seen || !s.shown)
      ok(!hidden.length, `focus not seen: ${JSON.stringify(hidden.slice(0, 3))}`)
      const back = stops.findIndex((s, i) => i && s.at < stops[i - 1].at)
      ok(back < 0, `the order jumps back: ${JSON.stringify(stops.slice(Math.max(0, back - 1), back + 1))}`)
      const missed = await tab.evaluate(reached => {
        const all = [...document.querySelectorAll('*')]
        const can = e => e.matches('a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary, audio[controls], [tabindex="0"]')
          && e.checkVisibility({ visibilityProperty: true }) && !(e.matches('input[type=radio]:not(:checked)'))
        return all.map((e, i) => [e, i]).filter(([e, i]) => can(e) && !reached.includes(i)).slice(0, 4).map(([e]) => e.outerHTML.slice(0, 90))
      }, stops.map(s => s.at))
      ok(!missed.length || stops.length >= 400, `not reached: ${missed.join(' | ')}`)
      if (page.kind === 'front' && page.lang === 'da') run.figure('tab stops of the front page', stops.length)
    })
    await run.test(`language ${page.path}`, {}, async tab => {
      await tab.goto(base + page.path)
      equal(await tab.locator('html').getAttribute('lang'), page.lang, 'lang')
      await tab.getByRole('navigation').getByRole('link', { name: page.lang === 'da' ? 'English' : 'Dansk' }).first().click()
      await tab.waitForURL(url => url.href === base + page.other || url.href + 'index.html' === base + page.other)
      equal(await tab.locator('html').getAttribute('lang'), page.lang === 'da' ? 'en' : 'da', 'lang of the other')
      const heading = await tab.getByRole('heading', { level: 1 }).count()
      equal(heading, 1, 'headings of level 1')
    })
    await run.test(`landmarks ${page.path}`, {}, async tab => {
      await tab.goto(base + page.path, { waitUntil: 'networkidle' })
      for (const role of ['banner', 'main', 'contentinfo']) equal(await tab.getByRole(role).count(), 1, role)
      const nameless = await tab.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, audio, svg[role=img], [role=region], nav')].filter(e => {
        if (!e.checkVisibility()) return false
        const by = (e.getAttribute('aria-labelledby') ?? '').split(/\s+/).map(id => document.getElementById(id)?.textContent ?? '').join('')
        return !(e.getAttribute('aria-label') || by || e.labels?.length || e.textContent.trim() || e.querySelector('img[alt]')?.alt)
      }).map(e => e.outerHTML.slice(0, 80)))
      ok(!nameless.length, `without a name: ${nameless.slice(0, 3).join(' | ')}`)
      const skip = tab.locator('a').first()
      await tab.keyboard.press('Tab')
      await skip.press('Enter')
      equal(await tab.evaluate(() => document.activeElement?.id), 'main', 'the way past the head leads to')
    })
  }
}

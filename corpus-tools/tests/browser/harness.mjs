// Runs tests one by one in chromium, prints a line for each, and keeps the figures that they measure.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--disable-background-networking', '--disable-component-update'],
  })
}

export class Failure extends Error {}

export function ok(condition, message) {
  if (!condition) throw new Failure(message)
}

export function equal(a, b, message) {
  if (a !== b) throw new Failure(`${message}: ${JSON.stringify(a)}, expected ${JSON.stringify(b)}`)
}

/** Adds up what tests come to; `figures` are printed at the end. */
export class Run {
  constructor(browser, only = '') {
    Object.assign(this, { browser, only, failed: [], passed: 0, figures: [] })
  }

  figure(name, value) { this.figures.push([name, value]) }

  /**
   * Runs `body` with a fresh page. Any page fails that asks another origin for something, throws, or breaks its own policy;
   * `allow` names messages of the console that belong to the test.
   */
  async test(name, options, body) {
    if (this.only && !name.includes(this.only)) return
    const { allow = [], init, ...rest } = options
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', serviceWorkers: 'block', ...rest })
    const seen = [], foreign = []
    const page = await context.newPage()
    page.setDefaultTimeout(8000)
    page.on('pageerror', error => seen.push(`error: ${error.message}`))
    page.on('dialog', dialog => { seen.push(`dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}) })
    page.on('console', message => { if (['error', 'warning'].includes(message.type())) seen.push(`console: ${message.text()} ${message.location().url ?? ''}`) })
    page.on('request', request => {
      const url = request.url()
      if (!/^(http:\/\/127\.0\.0\.1:|data:|blob:|file:|about:)/.test(url)) foreign.push(url)
    })
    await context.exposeFunction('tripwire', where => { seen.push(`script ran: ${where}`) }).catch(() => {})
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`))
    })
    if (init) await context.addInitScript(init)
    try {
      await body(page, context)
      const bad = seen.filter(line => !allow.some(part => line.includes(part)))
      ok(!bad.length, `the page said:\n    ${bad.slice(0, 8).map(line => line.slice(0, 300)).join('\n    ')}`)
      ok(!foreign.length, `asked another origin: ${foreign.slice(0, 3).join(' ')}`)
      this.passed += 1
      console.log(`ok    ${name}`)
    } catch (error) {
      this.failed.push(name)
      console.log(`FAIL  ${name}\n    ${(error instanceof Failure ? error.message : error.stack).slice(0, 1500)}`)
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png` }).catch(() => {})
    } finally {
      await context.close()
    }
  }
}

/** What axe finds against WCAG 2.1 A and AA, a line each. */
export async function axe(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Runtime.evaluate', { expression: AXE })
  await devtools.detach()
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }, resultTypes: ['violations'],
  }))
  ok(passes.length > 0, 'axe looked at nothing')
  return violations.map(v => `${v.id} (${v.nodes.length}): ${v.nodes.slice(0, 3).map(n => `${n.target.join(' ')} — ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`)
}

/** How many CSS pixels the page is wider than its window, and what sticks out. */
export async function overflow(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    const over = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - wide
    if (over <= 0) return []
    const out = []
    for (const e of document.body.querySelectorAll('*')) {
      const box = e.getBoundingClientRect()
      let inside = false
      for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(p).overflowX)) { inside = true; break }
      }
      if (!inside && box.width && box.right > wide + 1) out.push(`${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className} to ${Math.round(box.right)}`)
    }
    return [`${over} px too wide`, ...out.slice(0, 6)]
  })
}

/** Opens all that a reader can open. */
export async function openAll(page) {
  await page.evaluate(() => {
    for (const e of document.querySelectorAll('details')) if (e.checkVisibility()) e.open = true
  })
  await page.waitForLoadState('networkidle')
}

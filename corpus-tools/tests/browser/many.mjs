// A catalogue of many datasets: made of one build by links, with titles, subjects, dialects and licences of their own.
//
//   node many.mjs RELEASE ROOT [N]     RELEASE is OUT/<id>/<version>; N is 1000 if not given

import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { axe, ok } from './harness.mjs'
import { fits } from './layout.mjs'
import { serve } from './server.mjs'
import { sprog } from './catalogue.mjs'

const KINDS = [
  ['Interview om', 'Interviews about'], ['Vejledninger om', 'Guides about'], ['Samtaler om', 'Conversations about'], ['Breve om', 'Letters about'],
  ['Ordbog over', 'Dictionary of'], ['Oplæsninger om', 'Readings about'], ['Referater om', 'Minutes about'], ['Udtale af ord om', 'Pronunciation of words about'],
]
const SUBJECTS = [
  ['vejret', 'the weather', 'ENVI'], ['børnehaver', 'kindergartens', 'EDUC'], ['sygehuse', 'hospitals', 'HEAL'], ['læger', 'doctors', 'HEAL'], ['havne', 'harbours', 'TRAN'],
  ['landbrug', 'farming', 'AGRI'], ['fiskeri', 'fisheries', 'AGRI'], ['folkeskolen', 'primary school', 'EDUC'], ['pension', 'pensions', 'SOCI'], ['skat', 'tax', 'ECON'],
  ['energi', 'energy', 'ENER'], ['domstole', 'courts', 'JUST'], ['kommuner', 'municipalities', 'GOVE'], ['kirker', 'churches', 'EDUC'], ['jernbaner', 'railways', 'TRAN'],
  ['boliger', 'housing', 'REGI'], ['arbejde', 'work', 'SOCI'], ['ældrepleje', 'care of the elderly', 'HEAL'], ['biblioteker', 'libraries', 'EDUC'], ['vandmiljø', 'waters', 'ENVI'],
]
const PLACES = [['Aarhus', 'rigsdansk'], ['Bornholm', 'bornholmsk'], ['Fyn', 'fynsk'], ['Sønderjylland', 'sønderjysk'], ['Vestjylland', 'vestjysk'], ['Lolland', 'lollandsk'], ['Sjælland', 'sjællandsk'], ['Færøerne', 'rigsdansk']]
const LICENCES = ['CC0-1.0', 'CC-BY-4.0', 'CC-BY-SA-4.0']

/** Writes `n` releases below `root`. The data are links to those of `release`. */
export function make(release, root, n) {
  rmSync(root, { recursive: true, force: true })
  const files = []
  const walk = (dir, below) => {
    for (const entry of readdirSync(path.join(dir, below), { withFileTypes: true })) {
      const at = path.posix.join(below, entry.name)
      if (entry.isDirectory()) walk(dir, at)
      else files.push(at)
    }
  }
  walk(release, '')
  const description = JSON.parse(readFileSync(path.join(release, 'dataset.json'), 'utf8'))
  const manifest = JSON.parse(readFileSync(path.join(release, 'MANIFEST.json'), 'utf8'))
  for (let i = 0; i < n; i++) {
    const [kind, kindEn] = KINDS[i % KINDS.length], [subject, subjectEn, theme] = SUBJECTS[Math.floor(i / KINDS.length) % SUBJECTS.length]
    const [place, dialect] = PLACES[Math.floor(i / (KINDS.length * SUBJECTS.length)) % PLACES.length]
    const id = `samling-${String(i + 1).padStart(4, '0')}`
    const one = structuredClone(description)
    Object.assign(one, {
      id, version: '1.0.0', created: `${2016 + i % 10}-${String(1 + i % 12).padStart(2, '0')}-15`, keywords: [subject, dialect, `emne ${i % 37}`],
      title: { da: `${kind} ${subject}, ${place}`, en: `${kindEn} ${subjectEn}, ${place}` },
      description: { da: `${kind} ${subject} fra ${place}. Samlet i ${2016 + i % 10} til forskning i sprog.`, en: `${kindEn} ${subjectEn} from ${place}. Collected in ${2016 + i % 10} for research on language.` },
    })
    one.about = { ...one.about, themes: [theme] }
    for (const source of one.sources) source.license = LICENCES[i % LICENCES.length]
    const home = path.join(root, 'ds', id, '1.0.0')
    const text = Buffer.from(JSON.stringify(one))
    for (const file of files) {
      mkdirSync(path.dirname(path.join(home, file)), { recursive: true })
      if (!['dataset.json', 'MANIFEST.json'].includes(file)) linkSync(path.join(release, file), path.join(home, file))
    }
    writeFileSync(path.join(home, 'dataset.json'), text)
    const own = structuredClone(manifest)
    own.dataset = id
    const entry = own.files.find(f => f.path === 'dataset.json')
    Object.assign(entry, { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') })
    const bytes = JSON.stringify(own, null, 2)
    writeFileSync(path.join(home, 'MANIFEST.json'), bytes)
    const version = { version: '1.0.0', created: one.created, manifest_sha256: createHash('sha256').update(bytes).digest('hex'), bytes: own.files.reduce((all, f) => all + f.bytes, 0) }
    writeFileSync(path.join(root, 'ds', id, 'latest.json'), JSON.stringify({ format: 1, id, ...version, versions: [version] }))
  }
}

export async function many(run, { sprog: program, out, scratch, quick }) {
  if (quick) return
  const root = path.join(scratch, 'many-root'), n = 1000
  const home = path.join(out, 'borgerservice-tekst')
  make(path.join(home, readdirSync(home)[0]), root, n)
  const begun = performance.now()
  sprog(program, 'catalog', 'build', root, '--quiet', '--base-url', 'https://data.example.dk/')
  run.figure(`${n} datasets built`, `${((performance.now() - begun) / 1000).toFixed(1)} s (with the binary given)`)
  const host = await serve(root)
  try {
    await run.test(`${n} datasets`, {}, async tab => {
      await tab.goto(`${host.base}index.html`, { waitUntil: 'networkidle' })
      const first = host.log.reduce((all, e) => all + e.bytes, 0)
      run.figure(`${n} datasets, first page`, `${first} bytes in ${host.log.length} requests`)
      ok(first <= 150_000, `${first} bytes`)
      await fits(tab)
      const found = await axe(tab)
      ok(!found.length, `WCAG 2.1 AA:\n    ${found.join('\n    ')}`)
      await tab.locator('#q').focus()
      await tab.locator('#q').fill('v')
      await tab.waitForLoadState('networkidle')
      await tab.waitForTimeout(300)
      run.figure(`${n} datasets, with the search used`, `${host.log.reduce((all, e) => all + e.bytes, 0)} bytes`)
      // From the key to the list in its place, as the page itself sees it.
      const times = []
      for (const word of ['vejret', 'børn', 'lægerne', 'sygehus', 'aarhus', 'bornholmsk', 'fiskeri', 'interview', 'samtaler om skat', 'havn', 'jernbane', 'vejrt', 'energy', 'kirke', 'ældre', 'bibliotek', 'qqqq', 'sønderjysk', 'ordbog', 'pension fyn']) {
        for (let at = 1; at <= word.length; at++) {
          times.push(await tab.evaluate(text => new Promise(done => {
            const q = document.getElementById('q'), list = document.getElementById('datasets')
            const start = performance.now()
            let last = start
            const watch = new MutationObserver(() => { last = performance.now() })
            watch.observe(list.parentElement, { childList: true, subtree: true, attributes: true, characterData: true })
            q.value = text
            q.dispatchEvent(new Event('input', { bubbles: true }))
            setTimeout(() => { watch.disconnect(); done(last - start) }, 120)
          }), word.slice(0, at)))
        }
      }
      times.sort((a, b) => a - b)
      run.figure(`${n} datasets, key to list, ${times.length} queries`, `median ${times[times.length >> 1].toFixed(1)} ms, 95 of 100 within ${times[Math.floor(times.length * 0.95)].toFixed(1)} ms, worst ${times.at(-1).toFixed(1)} ms`)
      ok(times.at(-1) > 0, 'the list never changed')
      ok(times[times.length >> 1] < 500, 'half a second and more')
      await tab.locator('#q').fill('vejret')
      await tab.waitForTimeout(300)
      const shown = await tab.locator('#datasets > li:visible').allInnerTexts()
      ok(shown.length > 0 && shown.slice(0, 5).every(t => /vejr/i.test(t)), `first hits of "vejret": ${shown.slice(0, 3).map(t => t.split('\n')[0]).join('; ')}`)
    })
  } finally {
    await host.close()
    run.figure('search-index.json', (() => { try { return `${statSync(path.join(root, 'assets/search-index.json')).size} bytes` } catch { return 'none' } })())
    rmSync(root, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [release, root, n] = process.argv.slice(2)
  if (!root) { console.error('node many.mjs RELEASE ROOT [N]'); process.exit(2) }
  make(path.resolve(release), path.resolve(root), Number(n ?? 1000))
}

// Live rows, filters and the player on a dataset's page.
//
// The page is whole without this script. With it, rows are read from the published Parquet files by range requests, and
// a clip by reading its page alone. Nothing is read from the files before the reader asks for it. Text of a dataset is
// hostile: it is only ever set as text, and links are made of http(s) addresses alone.
'use strict';

(() => {

// ---- Words of the page ------------------------------------------------------------------------------------------

const STRINGS = {
  da: {
    config: 'Tabel', split: 'Del', filter: 'Filtre', columns: 'Kolonner', export: 'Hent de viste rækker',
    goto: 'Gå til række', go: 'Gå', prev: 'Forrige', next: 'Næste', stop: 'Stop', more: 'Søg videre', all: 'vis alt',
    less: 'vis mindre', details: 'Vis hele rækken', row: 'Række', close: 'Luk', add: 'Tilføj filter', apply: 'Anvend',
    clear: 'Fjern alle', remove: 'Fjern', column: 'Kolonne', value: 'Værdi', how: 'Betingelse', eq: 'er', has: 'indeholder',
    min: 'mindst', max: 'højst', none: 'Ingen rækker opfylder filtrene.', empty: 'Tabellen har ingen rækker.',
    csv: 'CSV-fil', json: 'JSON-fil', copyCsv: 'Kopiér som CSV', copyJson: 'Kopiér som JSON', copied: 'Kopieret.',
    copyFailed: 'Browseren tillod ikke at kopiere. Hent filen i stedet.', table: 'Rækker fra datasættet',
    reading: 'Læser …', rows: (a, b, n) => `Række ${a}–${b} af ${n}`,
    hits: (n, seen, all, done) => done ? `${n} fundet` : `${n} fundet indtil nu; ${seen} af ${all} rækker gennemgået`,
    read: (b, n) => `${b} læst i ${n} ${n === '1' ? 'forespørgsel' : 'forespørgsler'}`,
    notRead: 'Ikke læst:', readRest: size => `læs (højst ${size})`, play: 'Afspil klip', playRow: n => `Afspil række ${n}`, pause: 'Pause',
    audio: 'Lyd', position: 'Afspilningssted', of: (a, b) => `${a} af ${b} sekunder`, seconds: s => `${s} s`, save: 'Gem klippet',
    words: size => size ? `Hent ordenes tider (${size})` : 'Hent ordenes tider', null: 'tom',
    hint: 'Mellemrum afspiller; piletaster flytter ét sekund.', picture: 'Bølgeform øverst, spektrogram nederst',
    file: 'Siden er åbnet som en fil, og så tillader browseren ikke at læse flere rækker. Rækkerne her kan stadig læses; åbn siden fra en webserver for at se resten, f.eks. med »sprog catalog serve«.',
    network: 'Dataene kunne ikke hentes. Tjek forbindelsen, og prøv igen. Ligger filerne på en anden server end siden, skal den tillade det (CORS).',
    ranges: 'Webserveren understøtter ikke at læse en del af en fil (HTTP Range), så rækkerne kan ikke læses her. Filerne kan hentes hele.',
    status: n => `Webserveren svarede med fejl ${n}.`, changed: 'Filen på serveren er ikke den, som siden beskriver. Genindlæs siden.',
    parquet: 'Filen kan ikke læses. Hent den, og kør »sprog verify«.', sound: 'Browseren kan ikke afspille klippet. Det kan gemmes som fil.',
    noClip: 'Rækken har ingen lyd.', stopped: 'Stoppet.', retry: 'Prøv igen',
  },
  en: {
    config: 'Table', split: 'Split', filter: 'Filters', columns: 'Columns', export: 'Download the rows shown',
    goto: 'Go to row', go: 'Go', prev: 'Previous', next: 'Next', stop: 'Stop', more: 'Search on', all: 'show all',
    less: 'show less', details: 'Show the whole row', row: 'Row', close: 'Close', add: 'Add a filter', apply: 'Apply',
    clear: 'Remove all', remove: 'Remove', column: 'Column', value: 'Value', how: 'Condition', eq: 'is', has: 'contains',
    min: 'at least', max: 'at most', none: 'No row meets the filters.', empty: 'The table has no rows.',
    csv: 'CSV file', json: 'JSON file', copyCsv: 'Copy as CSV', copyJson: 'Copy as JSON', copied: 'Copied.',
    copyFailed: 'The browser did not allow copying. Download the file instead.', table: 'Rows of the dataset',
    reading: 'Reading …', rows: (a, b, n) => `Rows ${a}–${b} of ${n}`,
    hits: (n, seen, all, done) => done ? `${n} found` : `${n} found so far; ${seen} of ${all} rows looked at`,
    read: (b, n) => `${b} read in ${n} ${n === '1' ? 'request' : 'requests'}`,
    notRead: 'Not read:', readRest: size => `read (at most ${size})`, play: 'Play clip', playRow: n => `Play row ${n}`, pause: 'Pause',
    audio: 'Audio', position: 'Position', of: (a, b) => `${a} of ${b} seconds`, seconds: s => `${s} s`, save: 'Save the clip',
    words: size => size ? `Read the times of the words (${size})` : 'Read the times of the words', null: 'empty',
    hint: 'Space plays; arrow keys move by one second.', picture: 'Waveform above, spectrogram below',
    file: 'The page was opened as a file, and then the browser does not allow reading more rows. The rows here can still be read; open the page from a web server to see the rest, such as with “sprog catalog serve”.',
    network: 'The data could not be fetched. Check the connection and try again. If the files are on another server than the page, it must allow this (CORS).',
    ranges: 'The web server does not support reading a part of a file (HTTP Range), so the rows cannot be read here. The files can be downloaded whole.',
    status: n => `The web server answered with error ${n}.`, changed: 'The file on the server is not the one that the page describes. Reload the page.',
    parquet: 'The file cannot be read. Download it and run “sprog verify”.', sound: 'The browser cannot play the clip. It can be saved as a file.',
    noClip: 'The row has no audio.', stopped: 'Stopped.', retry: 'Try again',
  },
}

// ---- The page ---------------------------------------------------------------------------------------------------

const SCRIPT = document.currentScript.src
const LANG = document.documentElement.lang.startsWith('en') ? 'en' : 'da'
const T = STRINGS[LANG]
const LOCALE = LANG === 'da' ? 'da-DK' : 'en-GB'
const count = n => n.toLocaleString(LOCALE)
const decimals = (n, digits) => n.toLocaleString(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits })
const sizeOf = n => n < 1000 ? `${count(n)} B` : n < 999500 ? `${count(Math.round(n / 1000))} kB` : `${decimals(n / 1e6, 1)} MB`

/** An element. Children are elements or text; properties whose names have a dash, and role, are attributes. */
function el(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (key.includes('-') || key === 'role') element.setAttribute(key, value)
    else element[key] = value
  }
  element.append(...children)
  return element
}

const CUT = 280   // characters of a cell before it is cut
const PAGE = 20   // rows shown at a time

/** A text in a cell: apart from what is around it in its direction, cut where long, a link where it is an address. */
function textCell(text) {
  const href = V.safeLink(text)
  if (href) return el('a', { href, rel: 'noopener noreferrer nofollow', referrerPolicy: 'no-referrer' }, el('bdi', {}, text))
  const body = el('bdi')
  if (text.length <= CUT) {
    body.textContent = text
    return body
  }
  const short = text.slice(0, CUT).replace(/[\ud800-\udbff]$/, '')
  body.textContent = `${short}…`
  const toggle = el('button', { type: 'button', className: 'lr-link', 'aria-expanded': 'false', onclick: () => {
    const open = toggle.getAttribute('aria-expanded') !== 'true'
    toggle.setAttribute('aria-expanded', String(open))
    body.textContent = open ? text : `${short}…`
    toggle.textContent = open ? T.less : `${T.all} (${count(text.length)})`
    cell.classList.toggle('lr-open', open)
  } }, `${T.all} (${count(text.length)})`)
  const cell = el('div', { className: 'lr-long' }, body, ' ', toggle)
  return cell
}

function formatNumber(value) {
  if (typeof value === 'bigint' || Number.isInteger(value)) return value.toLocaleString(LOCALE)
  return value.toLocaleString(LOCALE, { maximumSignificantDigits: 6 })
}

/** What a cell shows of a value; `names` are those of a column of class labels. */
function showValue(value, names) {
  if (value === null || value === undefined) return el('span', { className: 'lr-null' }, T.null)
  if (names && names[Number(value)] !== undefined) return el('bdi', {}, String(names[Number(value)]))
  if (typeof value === 'number' || typeof value === 'bigint') return formatNumber(value)
  if (typeof value === 'string') return textCell(value)
  const item = V.plain(value)
  return textCell(typeof item === 'object' ? JSON.stringify(item) : String(item))
}

/** The page's classes for numbers and for long text. */
function cellClass(value, names) {
  if (!names && (typeof value === 'number' || typeof value === 'bigint')) return 'n'
  return typeof value === 'string' && value.length > 40 ? 'wide' : ''
}

const main = document.querySelector('main[data-api]')
const section = document.getElementById('rows')
if (!main || !section) return

document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles()]
// One clip plays at a time, whoever starts it.
document.addEventListener('play', event => {
  for (const other of document.querySelectorAll('audio')) if (other !== event.target) other.pause()
}, true)

const status = el('p', { className: 'lr-status', role: 'status' })
const problem = el('p', { className: 'lr-problem', role: 'alert', hidden: true })
section.append(problem, status)

/** What an error is to a reader. Those of values.js have a kind; any other means that a file is not as it should be. */
function explain(error) {
  const text = T[error?.kind] ?? T.parquet
  return typeof text === 'function' ? text(error.detail) : text
}

function fail(error) {
  if (error?.name === 'AbortError') { status.textContent = T.stopped; return }
  problem.textContent = explain(error)
  problem.hidden = false
  status.textContent = ''
  console.warn(error)
}

if (location.protocol === 'file:') {
  status.textContent = T.file
  return
}

const API = new URL(main.dataset.api, document.baseURI)
const ROOT = new URL(main.dataset.root, document.baseURI)
fetch(API).then(answer => {
  if (!answer.ok) throw Object.assign(new Error(API), { kind: 'status', detail: answer.status })
  return answer.json()
}, error => { throw Object.assign(error, { kind: 'network' }) }).then(start).catch(fail)

/** The modules that read files: values.js and parquet.js. Loaded when something is first read. */
let V, P, modules
function load() {
  const missing = error => {
    modules = undefined
    throw Object.assign(error, { kind: 'network' })
  }
  modules ??= Promise.all(['values.js', 'parquet.js'].map(name => import(new URL(name, SCRIPT)))).then(([v, p]) => { V = v; P = p }, missing)
  return modules
}

function start(api) {
  const base = new URL(api.base, ROOT)
  const tables = new Map()
  // The language of the text, for those who hear it read aloud.
  const lang = api.languages?.length === 1 ? api.languages[0] : ''
  const prepared = [...section.querySelectorAll('.rows[data-config]')]
  const state = { config: null, split: null, row: 0, columns: null, filters: [] }
  let live = false, shown = null, scan = null, running = null
  const configOf = (config = state.config) => api.configs.find(c => c.name === config)
  const splitOf = (config = state.config, split = state.split) => configOf(config)?.splits.find(s => s.name === split)
  /** The files of a split, each with the number of its first row. */
  const filesOf = (...split) => {
    let start = 0
    return splitOf(...split).files.map(entry => {
      if (!tables.has(entry.path)) tables.set(entry.path, new P.Table(base, entry))
      start += entry.rows
      return { table: tables.get(entry.path), start: start - entry.rows }
    })
  }
  const fileOf = (row, ...split) => filesOf(...split).find(f => row >= f.start && row < f.start + f.table.rows)
  const total = () => splitOf()?.rows ?? 0
  let player

  // ---- Which rows ----

  function choose(config, split) {
    state.config = api.configs.some(c => c.name === config) ? config : (prepared[0]?.dataset.config ?? api.configs[0]?.name)
    const splits = configOf()?.splits ?? []
    const first = prepared.find(p => p.dataset.config === state.config)?.dataset.split
    state.split = splits.some(s => s.name === split) ? split : splits.some(s => s.name === first) ? first : splits[0]?.name
  }

  /** The columns shown: those chosen, else the first ones that are short. */
  function visible(table) {
    const all = table.columns()
    const chosen = state.columns?.map(name => all.find(c => c.name === name)).filter(Boolean)
    if (chosen?.length) return chosen
    return all.filter(c => c.leaves.length === 1 && c.leaves[0].path.length === 1 && c.perRow < 4000 && !table.isEmpty(c)).slice(0, 8)
  }

  // ---- Controls ----

  let fields = 0
  const field = (label, control) => {
    control.id = `lr-${++fields}`
    return el('div', { className: 'lr-field' }, el('label', { htmlFor: control.id }, label), control)
  }
  const button = (label, onclick, props = {}) => el('button', { type: 'button', onclick, ...props }, label)
  const configs = el('select', { onchange: () => go({ config: configs.value, split: null, row: 0, columns: null, filters: [] }) },
    ...api.configs.map(c => el('option', { value: c.name }, c.name)))
  const splits = el('select', { onchange: () => go({ split: splits.value, row: 0 }) })
  const target = el('input', { type: 'number', min: 1, step: 1, inputMode: 'numeric', value: 1 })
  const jump = el('form', { className: 'lr-jump', onsubmit: event => {
    event.preventDefault()
    const row = Math.min(total(), Math.max(1, Math.floor(Number(target.value) || 1)))
    go({ row: row - 1, filters: [] }, true)
  } }, field(T.goto, target), el('button', {}, T.go))
  const filters = el('div', { className: 'lr-filters' })
  const filterBox = el('details', { ontoggle: () => { if (filterBox.open) fillFilters().catch(fail) } }, el('summary', {}, T.filter), filters)
  const chooser = el('fieldset', { className: 'lr-columns' })
  const columnBox = el('details', { ontoggle: () => { if (columnBox.open) fillColumns().catch(fail) } }, el('summary', {}, T.columns), chooser)
  const exported = kind => (kind === 'csv' ? V.toCsv : V.toJson)(shown.columns.map(c => c.name), shown.rows)
  const exportBox = el('details', { hidden: true }, el('summary', {}, T.export), el('div', { className: 'lr-bar' },
    button(T.csv, () => save('csv', 'text/csv')), button(T.json, () => save('json', 'application/json')),
    button(T.copyCsv, () => copy('csv')), button(T.copyJson, () => copy('json'))))
  const prev = button(T.prev, () => go({ row: Math.max(0, state.row - PAGE) }, true))
  const next = button(T.next, () => {
    if (!live) go({ row: preparedHere()?.querySelectorAll('tbody tr').length ?? 0 }, true)
    else go({ row: state.row + PAGE }, true)
  })
  const stop = button(T.stop, () => running?.abort(), { hidden: true })
  const more = button(T.more, () => go({}, true, true), { hidden: true })
  const host = el('div', { className: 'lr-host', hidden: true })
  const bar = el('div', { className: 'lr-bar' }, field(T.config, configs), field(T.split, splits), jump, el('div', { className: 'lr-turn' }, stop, more, prev, next))
  const boxes = el('div', { className: 'lr-boxes' }, filterBox, columnBox, exportBox)
  ;(prepared[0] ?? status).before(problem, bar, boxes, status, host)

  function save(kind, type) {
    const url = URL.createObjectURL(new Blob([exported(kind)], { type: `${type};charset=utf-8` }))
    const link = el('a', { href: url, download: `${api.id}-${state.config}-${state.split}-${state.row + 1}.${kind}` })
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10000)
  }

  function copy(kind) {
    const said = text => { status.textContent = text }
    Promise.resolve().then(() => navigator.clipboard.writeText(exported(kind))).then(() => said(T.copied), () => said(T.copyFailed))
  }

  async function fillColumns() {
    await load()
    const table = await filesOf()[0].table.open()
    const now = visible(table).map(c => c.name)
    chooser.replaceChildren(el('legend', {}, T.columns), ...table.columns().map(c => {
      const box = el('input', { type: 'checkbox', checked: now.includes(c.name), onchange: () => {
        const names = [...chooser.querySelectorAll('label')].filter(l => l.firstChild.checked).map(l => l.dataset.name)
        if (names.length) go({ columns: names }, true)
        else box.checked = true
      } })
      const label = el('label', {}, box, ' ', el('bdi', {}, c.name), c.perRow >= 4000 ? ` (${sizeOf(c.perRow)})` : '')
      label.dataset.name = c.name
      return label
    }))
  }

  async function fillFilters() {
    await load()
    const table = await filesOf()[0].table.open()
    const fields = table.filterable()
    const line = f => {
      const column = el('select', { 'aria-label': T.column }, ...fields.map(x => el('option', { value: x.path }, x.path)))
      if (f && fields.some(x => x.path === f.column)) column.value = f.column
      const op = el('select', { 'aria-label': T.how })
      const value = el('input', { type: 'text', 'aria-label': T.value, value: f?.text ?? '', autocomplete: 'off', spellcheck: false })
      const fit = () => {
        const kind = fields.find(x => x.path === column.value)?.kind
        const ops = kind === 'bool' ? ['eq'] : kind === 'text' ? ['has', 'eq', 'min', 'max'] : ['eq', 'min', 'max']
        const was = op.value || f?.op
        op.replaceChildren(...ops.map(o => el('option', { value: o }, T[o])))
        if (ops.includes(was)) op.value = was
      }
      column.addEventListener('change', fit)
      fit()
      const row = el('div', { className: 'lr-bar' }, column, op, value, button(T.remove, () => row.remove(), { className: 'lr-link' }))
      row.read = () => ({ column: column.value, op: op.value, text: value.value })
      return row
    }
    const lines = el('div', {}, ...(state.filters.length ? state.filters : [null]).map(line))
    filters.replaceChildren(el('form', { onsubmit: event => {
      event.preventDefault()
      go({ filters: [...lines.children].map(row => row.read()).filter(f => f.text !== ''), row: 0 }, true)
    } }, lines, el('div', { className: 'lr-bar' }, button(T.add, () => lines.append(line(null))), el('button', {}, T.apply),
      button(T.clear, () => { go({ filters: [], row: 0 }, true); fillFilters().catch(fail) }))))
  }

  // ---- Reading ----

  /** Rows given by their numbers in the split, in order; neighbours are read together. */
  async function readRows(rows, columnsOrNull, signal) {
    const out = []
    let columns = columnsOrNull
    for (let i = 0; i < rows.length;) {
      const { table, start } = fileOf(rows[i]) ?? {}
      if (!table) break
      await table.open(signal)
      columns ??= visible(table)
      const at = rows[i] - start, group = table.groups.find(g => at >= g.start && at < g.start + g.rows)
      if (!group) throw new V.Failure('changed')
      const last = start + group.start + group.rows
      let j = i + 1
      while (j < rows.length && rows[j] < last && rows[j] - rows[j - 1] <= 64) j++
      const from = at - group.start, to = rows[j - 1] - start - group.start + 1
      const objects = await table.objects(group, from, to, columns.map(c => c.name), signal)
      for (; i < j; i++) out.push(objects[rows[i] - start - group.start - from])
    }
    return { columns: columns ?? [], rows: out }
  }

  const tellRead = () => T.read(sizeOf(P.meter.bytes), count(P.meter.requests))
  const tellHits = () => T.hits(count(scan.hits.length), count(scan.seen), count(total()), scan.done)
  const preparedHere = () => prepared.find(p => p.dataset.config === state.config && p.dataset.split === state.split)

  /** Changes the state and shows what it says. `read` is whether files may be read for it. */
  async function go(change, read = false, keep = false) {
    Object.assign(state, change)
    if ('config' in change || 'split' in change) choose(state.config, state.split)
    if (!configOf() || !splitOf()) return
    live = read || state.filters.length > 0 || state.columns !== null || !preparedHere()
    problem.hidden = true
    configs.value = state.config
    splits.replaceChildren(...configOf().splits.map(s => el('option', { value: s.name }, s.name)))
    splits.value = state.split
    for (const p of prepared) {
      p.hidden = live || p !== preparedHere()
      const box = p.querySelector('details')
      if (box && !p.hidden) box.open = true
      // The select says which table it is.
      if (box) box.firstElementChild.hidden = true
    }
    if ('config' in change || 'split' in change) { filterBox.open = false; columnBox.open = false }
    running?.abort()
    if (!live) {
      host.hidden = true
      exportBox.hidden = true
      prev.disabled = true
      next.disabled = total() <= (preparedHere()?.querySelectorAll('tbody tr').length ?? 0)
      more.hidden = true
      status.textContent = ''
      return
    }
    const control = new AbortController(), signal = control.signal
    running = control
    status.textContent = T.reading
    problem.hidden = true
    stop.hidden = false
    host.setAttribute('aria-busy', 'true')
    try {
      await load()
      if (running !== control) return
      history.replaceState(null, '', V.formatHash(state))
      const filtered = state.filters.length > 0
      let rows
      if (filtered) {
        const key = JSON.stringify([state.config, state.split, state.filters])
        if (scan?.key !== key) scan = Object.assign(new P.Search(filesOf(), state.filters), { key })
        try {
          await scan.until(state.row + PAGE + 1, signal, () => { status.textContent = `${tellHits()} · ${tellRead()}` })
        } catch (error) {
          // Stopped by the reader: what was found is shown. By a new request: that one shows.
          if (running !== control || !signal.aborted) throw error
        }
        rows = scan.hits.slice(state.row, state.row + PAGE)
      } else {
        state.row = Math.max(0, Math.min(state.row, total() - 1))
        rows = Array.from({ length: Math.min(PAGE, total() - state.row) }, (_, i) => state.row + i)
      }
      const found = await readRows(rows, null, filtered ? undefined : signal)
      if (running !== control) return
      shown = { ...found, numbers: rows }
      render()
      exportBox.hidden = !rows.length
      prev.disabled = state.row === 0
      const end = filtered ? scan.hits.length : total()
      next.disabled = state.row + PAGE >= end
      more.hidden = !filtered || scan.done || !next.disabled
      target.max = total()
      target.value = state.row + 1
      const span = rows.length ? T.rows(count(state.row + 1), count(state.row + rows.length), filtered ? `${count(end)}${scan.done ? '' : '+'}` : count(end)) : ''
      status.textContent = [span, filtered ? tellHits() : '', tellRead()].filter(Boolean).join(' · ')
    } catch (error) {
      if (running === control) fail(error)
    } finally {
      if (running === control) {
        stop.hidden = true
        host.removeAttribute('aria-busy')
      }
    }
  }

  // ---- The table ----

  const hasAudio = config => config?.columns.some(c => c.name === 'audio') || config?.modality === 'speech'

  function playButton(config, split, row, known) {
    return el('button', { type: 'button', className: 'lr-play', 'aria-label': T.playRow(count(row + 1)), title: T.play, onclick: () => play(config, split, row, known) }, '▶')
  }

  async function play(config, split, row, known) {
    try {
      await load()
      player ??= import(new URL('player.js', SCRIPT)).then(module => module.makePlayer(section, { T, el, count, decimals, sizeOf, explain, lang }),
        error => { player = undefined; throw Object.assign(error, { kind: 'network' }) })
      const place = fileOf(row, config, split), label = `${config} · ${split} · ${T.row.toLowerCase()} ${count(row + 1)}`
      if (!place) throw new V.Failure('changed')
      await (await player).open({ table: place.table, row: row - place.start, label, name: `${api.id}-${config}-${split}-${row + 1}`, known })
    } catch (error) {
      fail(error)
    }
  }

  function render() {
    const audio = hasAudio(configOf()), { columns, rows, numbers } = shown
    if (!rows.length) {
      host.replaceChildren(el('p', {}, state.filters.length ? T.none : T.empty))
      host.hidden = false
      return
    }
    const head = el('tr', {}, el('th', { scope: 'col', className: 'lr-no' }, T.row), ...(audio ? [el('th', { scope: 'col', className: 'lr-audio' }, T.audio)] : []),
      ...columns.map(c => el('th', { scope: 'col', className: rows.every(r => cellClass(r[c.name], c.names) === 'n') ? 'n' : '' }, el('bdi', {}, c.name))))
    const body = rows.map((row, i) => {
      const no = numbers[i]
      const line = el('tr', {}, el('th', { scope: 'row', className: 'lr-no' }, el('button', { type: 'button', className: 'lr-link', title: T.details, 'aria-expanded': 'false',
        'aria-label': `${T.details}: ${count(no + 1)}`, onclick: event => details(event.currentTarget, line, row, no) }, count(no + 1))),
      ...(audio ? [el('td', { className: 'lr-audio' }, playButton(state.config, state.split, no, row))] : []),
      ...columns.map(c => el('td', { className: cellClass(row[c.name], c.names) }, showValue(row[c.name], c.names))))
      return line
    })
    const table = el('table', {}, el('thead', {}, head), el('tbody', { lang }, ...body))
    host.replaceChildren(el('div', { className: 'scroll', role: 'region', tabIndex: 0, 'aria-label': T.table }, table))
    host.hidden = false
  }

  /** All of a row under it: what was read at once, the rest when asked for. */
  function details(toggle, line, row, no) {
    const open = toggle.getAttribute('aria-expanded') === 'true'
    toggle.setAttribute('aria-expanded', String(!open))
    if (open) { line.nextElementSibling?.remove(); return }
    const columns = fileOf(no).table.columns()
    const rest = columns.filter(c => !(c.name in row))
    const list = el('dl', { className: 'lr-details' })
    const add = (c, value) => {
      const item = V.plain(value)
      const shownValue = item && typeof item === 'object' ? el('pre', { tabIndex: 0, role: 'region', 'aria-label': c.name }, el('bdi', {}, cutText(JSON.stringify(item, null, 2)))) : typeof item === 'string' ? el('div', { className: 'lr-open' }, wholeText(item)) : showValue(value, c.names)
      list.append(el('dt', {}, el('bdi', {}, c.name)), el('dd', {}, shownValue))
    }
    for (const c of columns) if (c.name in row) add(c, row[c.name])
    const cell = el('td', { colSpan: 99 }, list)
    // Columns that cost much, such as features of audio, are asked for by themselves.
    const parts = [rest.filter(c => c.perRow < 4000), ...rest.filter(c => c.perRow >= 4000).map(c => [c])]
    for (const part of parts.filter(p => p.length)) {
      const cost = part.reduce((sum, c) => sum + c.bytes, 0)
      const ask = el('p', {}, `${T.notRead} `, el('bdi', {}, part.map(c => c.name).join(', ')), ' ', button(T.readRest(sizeOf(cost)), async event => {
        event.currentTarget.disabled = true
        try {
          const found = await readRows([no], part, undefined)
          for (const c of part) add(c, found.rows[0]?.[c.name])
          ask.remove()
          status.textContent = tellRead()
        } catch (error) { fail(error) }
      }, { className: 'lr-link' }))
      cell.append(ask)
    }
    line.after(el('tr', { className: 'lr-detail' }, cell))
  }

  const cutText = text => text.length > 200000 ? `${text.slice(0, 200000)}…` : text
  const wholeText = text => V.safeLink(text) ? textCell(text) : el('bdi', {}, text)

  // ---- The rows that the page came with ----

  for (const p of prepared) {
    const config = api.configs.find(c => c.name === p.dataset.config)
    if (!hasAudio(config)) continue
    const heads = [...p.querySelectorAll('thead th')], names = heads.map(h => h.textContent.trim())
    const place = names.indexOf('audio')
    if (place < 0) p.querySelector('thead tr')?.prepend(el('th', { scope: 'col', className: 'lr-audio' }, T.audio))
    p.querySelectorAll('tbody tr').forEach((tr, i) => {
      const text = names.includes('text') ? tr.children[names.indexOf('text')]?.textContent : undefined
      const play = playButton(p.dataset.config, p.dataset.split, Number(p.dataset.row ?? 0) + i, text ? { text } : {})
      if (place >= 0) tr.children[place]?.replaceChildren(play)
      else tr.prepend(el('td', { className: 'lr-audio' }, play))
    })
  }

  // What plays clips and reads rows is fetched when the rows come near, so that a click need not wait for it.
  const near = new IntersectionObserver(entries => {
    if (!entries.some(e => e.isIntersecting)) return
    near.disconnect()
    load().then(() => P.parquet()).catch(() => {})
    if (api.configs.some(hasAudio)) import(new URL('player.js', SCRIPT)).catch(() => {})
  }, { rootMargin: '50%' })
  near.observe(section)

  // An address with a state after '#' names rows, as somebody sent them; one without is read only when asked for.
  const follow = () => location.hash.includes('=') ? load().then(() => go(V.parseHash(location.hash), true), fail) : null
  window.addEventListener('hashchange', follow)
  go({ config: null })
  follow()
}

// ---- Looks ------------------------------------------------------------------------------------------------------

/** Loaded with the script: without it none of these elements are there. Colours follow the page's. */
function styles() {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
.lr-bar { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: end; margin: 0 0 .75rem }
.lr-field { display: grid; gap: .15rem }
.lr-field label { font-size: .875rem; line-height: 1.4; color: var(--soft) }
.lr-bar :is(input, select, button) { min-height: 2.5rem }
.lr-bar button.lr-link { min-height: 1.5rem; align-self: center }
.lr-jump { display: flex; gap: .4rem; align-items: end; margin-inline-end: auto }
.lr-jump input { width: 7rem }
@media (max-width: 40rem) { .lr-turn { flex-basis: 100% } }
.lr-turn { display: flex; gap: .5rem }
.lr-boxes { margin-bottom: 1rem }
.lr-boxes > details > :not(summary) { margin-top: .25rem }
button.lr-link, .lr-link { color: var(--accent); background: none; border: 0; padding: .1rem .25rem; min-height: 1.5rem; min-width: 1.5rem; text-decoration: underline; text-underline-offset: .2em }
.lr-columns { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; border: 0; padding: 0; margin: 0 }
.lr-columns legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
.lr-columns label { min-height: 1.5rem }
.lr-columns input { accent-color: var(--accent) }
.lr-status { max-width: none; font-size: .875rem; color: var(--soft); min-height: 1.6em; margin: .4rem 0; font-variant-numeric: tabular-nums }
.lr-problem { border-inline-start: 4px solid var(--warn); padding: .4rem .9rem; max-width: none }
.lr-host .scroll { max-height: 85vh; overflow: auto }
.lr-host thead th { position: sticky; top: 0; background: var(--paper); z-index: 1 }
.lr-host .lr-no { width: 1%; min-width: 0; font-weight: 400; font-variant-numeric: tabular-nums }
.lr-host .lr-no .lr-link { padding-inline: 0; min-width: 2rem; text-align: start }
.lr-audio { width: 1%; min-width: 0 }
.lr-null { color: var(--soft); font-style: italic }
.lr-open { max-height: 20rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.lr-details { display: grid; grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); gap: .4rem 1.25rem; margin: 0 0 .75rem; max-width: min(60rem, calc(100vw - 3rem)); position: sticky; left: 0 }
.lr-details dt { font-weight: 600 }
.lr-details dd { margin: 0; min-width: 0 }
.lr-details pre { margin: 0; max-height: 20rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
.lr-play { width: 2.25rem; height: 2.25rem; border-radius: 50%; line-height: 1; padding: 0 }
@media (max-width: 40rem) { .lr-details { grid-template-columns: minmax(0, 1fr) } .lr-details dd { margin-bottom: .5rem } }
`)
  return sheet
}

})()

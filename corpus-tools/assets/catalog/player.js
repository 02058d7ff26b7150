// The player of clips: sound, waveform, spectrogram, and the transcript word by word.

import { meter, number } from './parquet.js'
import { plain } from './values.js'

const DRAWN = 16 << 20   // bytes of a clip that is drawn

/** What audio the bytes are, by their first ones; null if unknown. */
export function audioType(bytes) {
  const at = (i, text) => [...text].every((c, k) => bytes[i + k] === c.charCodeAt(0))
  if (at(0, 'fLaC')) return ['audio/flac', 'flac']
  if (at(0, 'RIFF')) return ['audio/wav', 'wav']
  if (at(0, 'OggS')) return ['audio/ogg', 'ogg']
  if (at(4, 'ftyp')) return ['audio/mp4', 'm4a']
  if (at(0, 'ID3') || (bytes[0] === 255 && (bytes[1] & 0xe0) === 0xe0)) return ['audio/mpeg', 'mp3']
  return null
}

/** The power of each of the first n/2 frequencies of n real samples; n is a power of two. */
export function powerSpectrum(samples) {
  const n = samples.length, re = new Float64Array(n), im = new Float64Array(n)
  for (let i = 0, j = 0; i < n; i++) {
    re[j] = samples[i]
    let bit = n >> 1
    for (; bit > 0 && j & bit; bit >>= 1) j ^= bit
    j |= bit
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / size, c = Math.cos(angle), s = Math.sin(angle)
      for (let i = k; i < n; i += size) {
        const j = i + half, x = re[j] * c - im[j] * s, y = re[j] * s + im[j] * c
        re[j] = re[i] - x; im[j] = im[i] - y; re[i] += x; im[i] += y
      }
    }
  }
  return Float64Array.from({ length: n / 2 }, (_, i) => re[i] * re[i] + im[i] * im[i])
}

/** Decibels below the loudest point, `columns` by `bins`, of samples; from 0 down to -80. */
export function spectrogram(samples, columns, bins) {
  const n = bins * 2, frame = new Float64Array(n), out = new Float32Array(columns * bins)
  let top = 1e-12
  for (let column = 0; column < columns; column++) {
    const start = Math.round(((column + 0.5) * samples.length) / columns - n / 2)
    for (let i = 0; i < n; i++) frame[i] = (samples[start + i] || 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n))
    const power = powerSpectrum(frame)
    for (let bin = 0; bin < bins; bin++) {
      out[column * bins + bin] = power[bin]
      if (power[bin] > top) top = power[bin]
    }
  }
  return out.map(p => Math.max(-80, Math.min(0, 10 * Math.log10(p / top + 1e-12))))
}

/** Colours from dark to light, equal steps of lightness: legible on light and dark pages, and without colour vision. */
const COLOURS = [[68, 1, 84], [65, 68, 135], [42, 120, 142], [34, 168, 132], [122, 209, 81], [253, 231, 37]]

export function colour(share) {
  const at = Math.min(0.9999, Math.max(0, share)) * (COLOURS.length - 1), i = Math.floor(at), t = at - i
  return COLOURS[i].map((c, k) => Math.round(c + (COLOURS[i + 1][k] - c) * t))
}

/**
 * A player at the end of `place`. `page` has its strings `T`, `el`, the forms of numbers, and `explain` for errors.
 * `open` plays the clip of `{ table, row, label, name, known }`, where `known` is what was read of the row before.
 */
export function makePlayer(place, { T, el, count, decimals, sizeOf, explain, lang }) {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, styles()]
  const audio = el('audio', { preload: 'auto' })
  const title = el('h3', { className: 'lr-title' })
  const toggle = el('button', { type: 'button', className: 'lr-toggle', 'aria-label': T.play, onclick: () => playPause() }, '▶')
  const time = el('span', { className: 'lr-time' })
  const canvas = el('canvas', { role: 'img', 'aria-label': T.picture })
  const head = el('div', { className: 'lr-head' })
  const slider = el('div', { className: 'lr-slider', role: 'slider', tabIndex: 0, 'aria-label': T.position, 'aria-valuemin': '0', title: T.hint }, canvas, head)
  const text = el('p', { className: 'lr-text', lang })
  const note = el('p', { className: 'lr-status', role: 'status' })
  const saveLink = el('a', { className: 'lr-link' }, T.save)
  const close = el('button', { type: 'button', className: 'lr-link', onclick: () => shut() }, T.close)
  const panel = el('section', { className: 'lr-player', hidden: true, 'aria-label': T.audio },
    el('div', { className: 'lr-bar' }, toggle, title, time, saveLink, close), slider, text, note, audio)
  place.append(panel)
  let clip = null, opener = null, samples = null, words = [], running = null

  const length = () => Number.isFinite(audio.duration) ? audio.duration : samples ? samples.length / 16000 : 0
  const playPause = () => { if (audio.paused) audio.play().catch(error => { if (error.name !== 'AbortError') say(T.sound) }); else audio.pause() }
  const seek = seconds => { audio.currentTime = Math.min(Math.max(0, length() - 0.01), Math.max(0, seconds)); follow() }
  const say = message => { note.textContent = message }

  function shut() {
    running?.abort()
    audio.pause()
    panel.hidden = true
    if (opener?.isConnected) opener.focus()
  }

  /** Shows where the clip is: the line, the slider's value, the word. */
  function follow() {
    const at = audio.currentTime, all = length()
    head.style.left = `${all ? (100 * at) / all : 0}%`
    slider.setAttribute('aria-valuemax', all.toFixed(1))
    slider.setAttribute('aria-valuenow', at.toFixed(1))
    slider.setAttribute('aria-valuetext', T.of(decimals(at, 1), decimals(all, 1)))
    time.textContent = `${decimals(at, 1)} / ${T.seconds(decimals(all, 1))}`
    for (const word of words) word.button.classList.toggle('lr-now', at >= word.start && at < word.end)
    if (!audio.paused && !audio.ended) requestAnimationFrame(follow)
  }

  audio.addEventListener('play', () => { toggle.textContent = '❚❚'; toggle.setAttribute('aria-label', T.pause); follow() })
  for (const kind of ['pause', 'ended']) audio.addEventListener(kind, () => { toggle.textContent = '▶'; toggle.setAttribute('aria-label', T.play); follow() })
  for (const kind of ['loadedmetadata', 'seeked', 'durationchange']) audio.addEventListener(kind, follow)
  audio.addEventListener('error', () => { if (audio.getAttribute('src')) say(T.sound) })

  slider.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key]
    if (step) seek(audio.currentTime + step)
    else if (event.key === 'Home') seek(0)
    else if (event.key === 'End') seek(length())
    else if (event.key === ' ' || event.key === 'Enter') playPause()
    else return
    event.preventDefault()
  })
  panel.addEventListener('keydown', event => { if (event.key === 'Escape') shut() })
  const point = event => {
    const box = slider.getBoundingClientRect()
    seek((length() * (event.clientX - box.left)) / Math.max(1, box.width))
  }
  slider.addEventListener('pointerdown', event => { slider.setPointerCapture(event.pointerId); point(event) })
  slider.addEventListener('pointermove', event => { if (slider.hasPointerCapture(event.pointerId)) point(event) })

  /** Waveform above, spectrogram below, as wide as the page allows. */
  function draw() {
    const box = slider.getBoundingClientRect(), scale = Math.min(2, window.devicePixelRatio || 1)
    const width = Math.max(50, Math.min(2000, Math.round(box.width * scale))), wave = Math.round(48 * scale), bins = 128
    const tall = Math.round(96 * scale)
    canvas.width = width
    canvas.height = wave + tall
    const pen = canvas.getContext('2d')
    if (!pen || !samples) return
    pen.fillStyle = getComputedStyle(slider).color
    for (let x = 0; x < width; x++) {
      const from = Math.floor((x * samples.length) / width), to = Math.max(from + 1, Math.floor(((x + 1) * samples.length) / width))
      let low = 0, high = 0
      for (let i = from; i < to && i < samples.length; i++) { if (samples[i] < low) low = samples[i]; if (samples[i] > high) high = samples[i] }
      const top = (wave / 2) * (1 - Math.min(1, high)), bottom = (wave / 2) * (1 + Math.min(1, -low))
      pen.fillRect(x, top, 1, Math.max(1, bottom - top))
    }
    const columns = Math.min(width, 800), decibels = spectrogram(samples, columns, bins)
    const image = new ImageData(columns, bins)
    for (let x = 0; x < columns; x++) {
      for (let bin = 0; bin < bins; bin++) {
        const at = 4 * ((bins - 1 - bin) * columns + x)
        image.data.set([...colour((decibels[x * bins + bin] + 80) / 80), 255], at)
      }
    }
    createImageBitmap(image).then(picture => pen.drawImage(picture, 0, wave, width, tall), () => {})
  }
  let width = 0
  new ResizeObserver(([entry]) => {
    if (samples && Math.abs(entry.contentRect.width - width) > 8) { width = entry.contentRect.width; draw() }
  }).observe(slider)

  /** The transcript word by word, where their times are known. */
  function showWords(list, whole) {
    words = list.filter(w => w && typeof w.w === 'string' && Number.isFinite(w.start) && Number.isFinite(w.end)).slice(0, 5000).map((w, i) => ({
      start: w.start, end: w.end,
      button: el('button', { type: 'button', className: 'lr-word', tabIndex: i ? -1 : 0, onclick: () => { seek(w.start); if (audio.paused) playPause() } }, el('bdi', {}, w.w)),
    }))
    if (words.length) text.replaceChildren(...inText(whole, words))
    follow()
  }
  /** Words at their places in the transcript, with what stands between them; side by side where they are not its words. */
  function inText(whole, words) {
    const parts = []
    let at = 0
    for (const word of words) {
      const said = word.button.textContent, place = typeof whole === 'string' ? whole.indexOf(said, at) : -1
      if (place < 0) return words.flatMap(w => [w.button, ' '])
      parts.push(whole.slice(at, place), word.button)
      at = place + said.length
    }
    return [...parts, whole.slice(at)]
  }

  // One stop of the tab key for all words; arrows go from word to word.
  text.addEventListener('keydown', event => {
    const at = words.findIndex(w => w.button === document.activeElement), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (at < 0 || !step || !words[at + step]) return
    event.preventDefault()
    words[at].button.tabIndex = -1
    words[at + step].button.tabIndex = 0
    words[at + step].button.focus()
  })

  /** Reads the words' times and the transcript, at once where that costs little, else when asked. */
  async function readTimes({ table, row, known }, budget, signal) {
    // The footer is read where it, and what it leads to, are sure to be small.
    if (!table.metadata && budget > 0) budget -= await table.footerLength(signal) + 8
    if (!table.metadata && budget < 0) return askFor(T.words(), () => table.open(signal).then(() => readTimes({ table, row, known }, Infinity, signal)))
    await table.open(signal)
    const group = table.groups.find(g => row >= g.start && row < g.start + g.rows)
    const wanted = table.tree.children.map(c => c.element.name).filter(name => (name === 'words' && !Array.isArray(known.words)) || (name === 'text' && known.text === undefined))
    const chunks = group.group.columns.filter(c => wanted.includes(c.meta_data?.path_in_schema[0]))
    const empty = name => chunks.filter(c => c.meta_data.path_in_schema[0] === name).some(c => c.meta_data.statistics && number(c.meta_data.statistics.null_count) >= number(c.meta_data.num_values))
    const useful = wanted.filter(name => !empty(name))
    const cost = chunks.filter(c => useful.includes(c.meta_data.path_in_schema[0])).reduce((sum, c) => sum + number(c.meta_data.total_compressed_size), 0)
    const read = async () => {
      const [found] = await table.objects(group, row - group.start, row - group.start + 1, useful, signal)
      if (found.text && !words.length) text.replaceChildren(el('bdi', {}, found.text))
      if (Array.isArray(found.words)) showWords(plain(found.words), found.text ?? known.text)
    }
    if (!useful.length) return
    if (cost <= budget) return read()
    askFor(T.words(sizeOf(cost)), read)
  }

  function askFor(label, read) {
    const ask = el('button', { type: 'button', className: 'lr-link', onclick: () => { ask.disabled = true; read().then(() => ask.remove(), error => say(explain(error))) } }, label)
    text.append(' ', ask)
  }

  async function open(request) {
    running?.abort()
    const control = new AbortController(), { signal } = control
    running = control
    audio.pause()
    opener = document.activeElement
    samples = null
    words = []
    panel.hidden = false
    title.textContent = request.label
    const { known } = request
    text.replaceChildren(...(typeof known.text === 'string' ? [el('bdi', {}, known.text)] : []))
    canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height)
    panel.setAttribute('aria-busy', 'true')
    say(T.reading)
    const before = { ...meter }
    try {
      const bytes = await request.table.clip(request.row, signal)
      if (running !== control) return
      const kind = audioType(bytes)
      if (clip) URL.revokeObjectURL(clip)
      clip = URL.createObjectURL(new Blob([bytes], { type: kind?.[0] ?? 'application/octet-stream' }))
      saveLink.href = clip
      saveLink.download = `${request.name}.${kind?.[1] ?? 'bin'}`
      audio.src = clip
      toggle.focus({ preventScroll: true })
      panel.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })
      const used = () => [meter.bytes - before.bytes, meter.requests - before.requests]
      const tell = () => say(T.read(sizeOf(used()[0]), count(used()[1])))
      tell()
      audio.play().catch(() => {})
      if (Array.isArray(known.words)) showWords(plain(known.words), known.text)
      try {
        // An hour of sound is played and not drawn.
        if (bytes.length > DRAWN) throw new RangeError('long')
        const sound = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes.slice().buffer)
        if (running !== control) return
        samples = sound.getChannelData(0)
        width = slider.getBoundingClientRect().width
        draw()
        follow()
      } catch { /* The player plays it or says that it cannot; there is only no picture. */ }
      const [read, requests] = used()
      await readTimes(request, requests <= 2 || request.table.metadata ? bytes.length * 0.1 + 32000 - (read - bytes.length) : -1, signal)
      if (running === control) tell()
    } catch (error) {
      if (running !== control) return
      say(error?.name === 'AbortError' ? T.stopped : explain(error))
    } finally {
      if (running === control) panel.removeAttribute('aria-busy')
    }
  }

  return { open }
}

/** Colours follow the page's. */
function styles() {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
.lr-player { position: sticky; bottom: 0; z-index: 3; padding: .75rem 1.25rem; margin: 1.25rem 0 0; border: 1px solid var(--line); border-top: 3px solid var(--accent); border-radius: 4px; background: var(--paper) }
.lr-player .lr-bar { align-items: center; margin-bottom: .6rem }
.lr-toggle { width: 2.5rem; height: 2.5rem; border-radius: 50%; padding: 0; line-height: 1 }
.lr-title { margin: 0; flex: 1 1 8rem; overflow-wrap: anywhere }
.lr-time { font-variant-numeric: tabular-nums; font-size: .9375rem }
.lr-slider { position: relative; cursor: pointer; touch-action: pan-y; overflow: hidden; height: 9rem; color: var(--accent); background: var(--sheet) }
.lr-slider canvas { display: block; width: 100%; height: 9rem }
.lr-head { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; background: #fff; box-shadow: 0 0 0 1px #16211f; pointer-events: none }
.lr-text { max-height: 7rem; overflow: auto; font: 1.0625rem/1.7 var(--serif); margin: .6rem 0 0; max-width: none }
.lr-word, .lr-word:hover { font: inherit; color: inherit; background: none; border: 0; padding: 0 .15rem; min-width: 1.5rem; min-height: 1.5rem }
.lr-word:hover { text-decoration: underline }
.lr-word.lr-now { background: var(--accent); color: var(--on-accent); border-radius: 3px }
@media (max-width: 40rem) { .lr-player { padding: .5rem .75rem } .lr-slider, .lr-slider canvas { height: 6.5rem } .lr-text { max-height: 4.5rem } }
`)
  return sheet
}

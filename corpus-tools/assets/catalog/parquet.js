// Published Parquet files, read by ranges: rows of some columns, leaves for filters, one clip.

import { Failure, joinRanges, mayPass, passes, filterValue } from './values.js'

const GAP = 4096            // bytes between two ranges that cost less than another request
const CACHE = 32 << 20      // bytes of a file that are kept
const WHOLE = 4 << 20       // a server without ranges may send a file of this size whole
const LARGEST = 64 << 20    // bytes of a page, decompressed
export const meter = { bytes: 0, requests: 0 }

/** A file that is read by ranges, each at most once. */
export class RemoteFile {
  constructor(url, byteLength) {
    Object.assign(this, { url, byteLength, kept: [], size: 0 })
  }

  /** Sees to it that the ranges can be read with `slice`. */
  async load(ranges, signal) {
    const missing = ranges.filter(([a, b]) => !this.find(a, b))
    await Promise.all(joinRanges(missing, GAP).map(range => this.get(range, signal)))
  }

  find(start, end) {
    return this.kept.find(k => k.start <= start && k.end >= end)
  }

  /** Bytes `start..end`, as hyparquet asks for them. */
  async slice(start, end = this.byteLength, signal = this.signal) {
    const kept = this.find(start, end) ?? await this.get([start, end], signal)
    return kept.buffer.slice(start - kept.start, end - kept.start)
  }

  async get([start, end], signal, keep = true) {
    if (!(start >= 0 && end <= this.byteLength && start < end)) throw new Failure('parquet', 'range')
    const timeout = AbortSignal.timeout(60000)
    const limits = signal && AbortSignal.any ? AbortSignal.any([signal, timeout]) : signal ?? timeout
    let answer, buffer
    try {
      meter.requests++
      answer = await fetch(this.url, { headers: { Range: `bytes=${start}-${end - 1}` }, signal: limits })
      if (answer.status === 416) throw new Failure('changed')
      if (!answer.ok) throw new Failure('status', answer.status)
      if (answer.status !== 206 && this.byteLength > WHOLE) {
        answer.body?.cancel()
        throw new Failure('ranges')
      }
      buffer = await answer.arrayBuffer()
      meter.bytes += buffer.byteLength
    } catch (error) {
      if (error instanceof Failure || signal?.aborted) throw error
      throw new Failure('network', error.message)
    }
    const whole = answer.status !== 206
    if (buffer.byteLength !== (whole ? this.byteLength : end - start)) throw new Failure('changed')
    const kept = whole ? { start: 0, end: this.byteLength, buffer } : { start, end, buffer }
    if (keep || whole) {
      this.kept.push(kept)
      this.size += buffer.byteLength
      while (this.size > CACHE && this.kept.length > 1) this.size -= this.kept.shift().buffer.byteLength
    }
    return kept
  }
}

let library
/** hyparquet and fzstd, loaded when rows are first read. */
export function parquet() {
  const beside = new URL('hyparquet.js', import.meta.url)
  library ??= import(beside).catch(error => {
    library = undefined
    throw new Failure('network', error.message)
  })
  return library
}

const bytesOfText = { stringFromBytes: bytes => bytes.slice() }
export const number = value => Number(value ?? 0)

/** The schema of a clip, as every published file of speech has it. */
const CLIP = { schema: [
  { name: 'schema', num_children: 1 }, { name: 'audio', repetition_type: 'OPTIONAL', num_children: 1 },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
] }

/** A Parquet file of the dataset. Rows count from 0 in the file. */
export class Table {
  constructor(base, { path, bytes, rows, clip_index }) {
    Object.assign(this, { rows, path, index: clip_index ?? [], file: new RemoteFile(new URL(path, base), bytes) })
  }

  /** Bytes of the footer; a request of eight bytes, once. */
  async footerLength(signal) {
    const size = this.file.byteLength
    if (size < 12) throw new Failure('parquet', 'size')
    const tail = new DataView(await this.file.slice(size - 8, size, signal)), length = tail.getUint32(0, true)
    if (tail.getUint32(4, true) !== 0x31524150 || length > Math.min(LARGEST, size - 12)) throw new Failure('changed')
    return length
  }

  /** Reads the footer, once. */
  async open(signal) {
    if (this.metadata) return this
    const lib = await parquet(), size = this.file.byteLength, start = size - 8 - await this.footerLength(signal)
    const footer = await this.file.slice(start, size, signal)
    this.metadata = guarded(() => lib.parquetMetadata(footer, { parsers: bytesOfText, geoparquet: false }))
    let rows = 0
    this.groups = this.metadata.row_groups.map(group => {
      rows += number(group.num_rows)
      return { group, start: rows - number(group.num_rows), rows: number(group.num_rows) }
    })
    this.tree = lib.parquetSchema(this.metadata)
    return this
  }

  /** The place of a leaf's chunk in its row group. */
  chunk(group, path) {
    return group.group.columns.find(c => c.meta_data?.path_in_schema.join('.') === path)
  }

  /** Rows `from..to` of a row group: chunks chosen by `wanted(path)`, only the pages that hold them. */
  async read(group, from, to, wanted, signal) {
    const lib = await parquet()
    const chunks = group.group.columns.filter(c => c.meta_data && wanted(c.meta_data.path_in_schema))
    const plans = chunks.map(chunk => {
      const meta = chunk.meta_data, first = number(meta.data_page_offset), dictionary = number(meta.dictionary_page_offset)
      const start = dictionary > 0 && dictionary < first ? dictionary : first
      return { chunk, columnMetadata: meta, range: { startByte: start, endByte: start + number(meta.total_compressed_size) } }
    })
    const indexRange = c => [number(c.offset_index_offset), number(c.offset_index_offset) + number(c.offset_index_length)]
    // A small chunk costs less than the index that would save a part of it.
    const paged = plans.filter(p => p.range.endByte - p.range.startByte > 24000 && number(p.chunk.offset_index_length) > 0)
    await this.file.load(paged.map(p => indexRange(p.chunk)), signal)
    for (const plan of paged) {
      const view = new DataView(await this.file.slice(...indexRange(plan.chunk), signal))
      plan.pageLocations = guarded(() => lib.readOffsetIndex({ view, offset: 0 }).page_locations)
    }
    const ranges = plans.flatMap(({ range, pageLocations: pages }) => {
      if (!pages) return [[range.startByte, range.endByte]]
      const rowOf = i => (i < pages.length ? number(pages[i].first_row_index) : group.rows)
      const held = pages.filter((_, i) => rowOf(i) < to && rowOf(i + 1) > from)
      const end = page => number(page.offset) + page.compressed_page_size
      const data = held.length ? [number(held[0].offset), Math.max(...held.map(end))] : [0, 0]
      const dictionary = [range.startByte, number(pages[0]?.offset)]
      return dictionary[1] > dictionary[0] ? [dictionary, data] : [data]
    })
    await this.file.load(ranges, signal)
    this.file.signal = signal
    const options = { file: this.file, utf8: false, compressors: { ZSTD: (input, length) => {
      if (length > LARGEST) throw new Failure('parquet', 'page')
      return lib.zstd(input, new Uint8Array(length))
    } } }
    const plan = { groupStart: 0, groupRows: group.rows, selectStart: from, selectEnd: to, chunks: plans.map(({ chunk, ...p }) => p) }
    return guarded(() => ({ lib, read: lib.readRowGroup(options, { metadata: this.metadata }, plan) }))
  }

  /** Rows as objects of whole columns. */
  async objects(group, from, to, columns, signal) {
    if (!columns.length) return Array.from({ length: to - from }, () => ({}))
    const { lib, read } = await this.read(group, from, to, path => columns.includes(path[0]), signal)
    return guarded(() => lib.asyncGroupToRows(lib.assembleAsync(read, this.tree), from, to, undefined, 'object'))
  }

  /** Values of leaves, as a map from path to an array. */
  async leaves(group, from, to, paths, signal) {
    const { read } = await this.read(group, from, to, path => paths.includes(path.join('.')), signal)
    const values = new Map()
    for (const column of read.asyncColumns) {
      const { data, skipped } = await guarded(() => column.data)
      const flat = data.length === 1 ? data[0] : data.flatMap(part => Array.from(part))
      values.set(column.pathInSchema.join('.'), Array.from({ length: to - from }, (_, i) => flat[from + i - skipped]))
    }
    return values
  }

  /** Columns that can be shown, of a file that is open. Bytes are not among them: they are played. */
  columns() {
    const features = this.features()
    return this.tree.children.map(node => {
      const leaves = []
      const visit = n => n.children.length ? n.children.forEach(visit) : leaves.push(n)
      visit(node)
      const group = this.groups[0]
      const bytes = group ? leaves.reduce((sum, leaf) => sum + number(this.chunk(group, leaf.path.join('.'))?.meta_data.total_compressed_size), 0) : 0
      const binary = leaves.some(({ element: e }) => e.type === 'BYTE_ARRAY' && !e.logical_type && !['UTF8', 'JSON', 'ENUM'].includes(e.converted_type))
      return { name: node.element.name, leaves, binary, bytes, perRow: bytes / Math.max(1, group?.rows ?? 1), names: features?.[node.element.name]?.names }
    }).filter(c => !c.binary)
  }

  /** Whether a column of one leaf is known to have no value in the file. */
  isEmpty({ leaves: [leaf] }) {
    return this.groups.length > 0 && this.groups.every(group => {
      const statistics = this.chunk(group, leaf.path.join('.'))?.meta_data.statistics
      return statistics?.null_count !== undefined && number(statistics.null_count) >= group.rows
    })
  }

  /** The Hugging Face features: names of class labels. */
  features() {
    try {
      const text = this.metadata.key_value_metadata?.find(k => k.key === 'huggingface')?.value
      return JSON.parse(text)?.info?.features
    } catch {
      return undefined
    }
  }

  /** Leaves that a filter can be on: those with one value a row. */
  filterable() {
    const single = path => {
      let node = this.tree
      return path.every(name => {
        node = node.children.find(c => c.element.name === name)
        return node.element.repetition_type !== 'REPEATED'
      })
    }
    const kindOf = ({ type, logical_type, converted_type }) => {
      if (type === 'BOOLEAN') return 'bool'
      if (type === 'BYTE_ARRAY') return 'text'
      const number = /INT|FLOAT|DOUBLE/.test(type) && !/DATE|TIME|DECIMAL/.test(`${converted_type} ${logical_type?.type}`)
      return number ? 'number' : null
    }
    return this.columns().flatMap(c => c.leaves.filter(leaf => single(leaf.path)).map(leaf => (
      { path: leaf.path.join('.'), kind: kindOf(leaf.element), leaf: leaf.element, names: c.leaves.length === 1 ? c.names : undefined }
    )).filter(f => f.kind))
  }

  /** Where the offset index of the clip's row group lies: from the API, else from the footer. */
  async placeOf(row, signal) {
    let start = 0
    for (const [rows, offset, length] of this.index) {
      if (row < start + rows) return { start, rows, offset, length }
      start += rows
    }
    await this.open(signal)
    const group = this.groups.find(g => row >= g.start && row < g.start + g.rows), chunk = group && this.chunk(group, 'audio.bytes')
    if (!chunk) throw new Failure('noClip')
    return { start: group.start, rows: group.rows, offset: number(chunk.offset_index_offset), length: number(chunk.offset_index_length) }
  }

  /** The bytes of a clip. Reads its page and the index that says where it is; the format of both is our own writer's. */
  async clip(row, signal) {
    const lib = await parquet(), group = await this.placeOf(row, signal), at = row - group.start
    const view = new DataView(await this.file.slice(group.offset, group.offset + group.length, signal))
    const pages = guarded(() => lib.readOffsetIndex({ view, offset: 0 }).page_locations)
    const last = pages.findLastIndex(page => number(page.first_row_index) <= at), page = pages[last]
    if (!page) throw new Failure('parquet', 'index')
    const first = number(page.first_row_index), end = number(pages[last + 1]?.first_row_index ?? group.rows), offset = number(page.offset)
    const { buffer } = await this.file.get([offset, offset + page.compressed_page_size], signal, false)
    // The page alone, as if it were a column of its own.
    const size = buffer.byteLength, wanted = at - first
    const columnMetadata = { type: 'BYTE_ARRAY', path_in_schema: ['audio', 'bytes'], codec: 'UNCOMPRESSED', num_values: BigInt(end - first) }
    const plan = { groupStart: 0, groupRows: end - first, selectStart: wanted, selectEnd: wanted + 1, chunks: [{ columnMetadata, range: { startByte: 0, endByte: size } }] }
    const read = guarded(() => lib.readRowGroup({ file: { byteLength: size, slice: () => buffer }, utf8: false }, { metadata: CLIP }, plan))
    const { data, skipped } = await guarded(() => read.asyncColumns[0].data)
    let bytes = data[0]?.[wanted - skipped]
    while (Array.isArray(bytes)) bytes = bytes[0]
    if (!(bytes instanceof Uint8Array) || !bytes.length) throw new Failure('noClip')
    return bytes
  }
}

/**
 * A search through the rows of a split that can be stopped and gone on with. `files` are tables with the number of
 * their first row, `filters` as in the address.
 */
export class Search {
  constructor(files, filters) {
    Object.assign(this, { files, filters, hits: [], file: 0, group: 0, row: 0, seen: 0, done: false, step: 500 })
  }

  /** Goes on until `want` rows are found, the rows end, or `signal` says so; `tell` is called as it goes. */
  async until(want, signal, tell) {
    while (!this.done && this.hits.length < want) {
      const place = this.files[this.file]
      if (!place) { this.done = true; break }
      const table = await place.table.open(signal), group = table.groups[this.group]
      if (!group) { this.file++; this.group = 0; this.row = 0; continue }
      const tests = this.tests(table)
      const windows = tests.includes(null) ? [] : await candidates(table, group, tests, signal)
      const open = windows.map(([a, b]) => [Math.max(a, this.row), b]).filter(([a, b]) => a < b)
      if (!open.length) {
        this.seen = place.start + group.start + group.rows
        this.group++
        this.row = 0
        continue
      }
      // Small steps first: often the first page of hits is near. At most about 2 MB at a time.
      const perRow = tests.reduce((sum, t) => sum + number(table.chunk(group, t.column).meta_data.total_compressed_size), 0) / group.rows
      const [from, end] = open[0], to = Math.min(end, from + Math.min(this.step, Math.max(500, Math.floor(2e6 / perRow)))), first = place.start + group.start
      const values = await table.leaves(group, from, to, tests.map(t => t.column), signal)
      for (let i = 0; i < to - from; i++) {
        if (tests.every(t => passes(t, values.get(t.column)?.[i]))) this.hits.push(first + from + i)
      }
      this.step = Math.min(20000, this.step * 2)
      this.row = to
      this.seen = first + to
      this.done = this.seen >= this.files.reduce((sum, f) => sum + f.table.rows, 0)
      tell()
      await new Promise(resolve => setTimeout(resolve))
      signal.throwIfAborted()
    }
  }

  /** The filters in the types of a file's columns; null for one that no row can pass. */
  tests(table) {
    const fields = table.filterable()
    return this.filters.map(f => {
      const found = fields.find(x => x.path === f.column)
      if (!found) return null
      const named = found.names?.indexOf(f.text) ?? -1
      const value = named >= 0 ? named : filterValue(found.kind, f.text)
      return value === undefined ? null : { ...f, kind: found.kind, value, leaf: found.leaf }
    })
  }
}

/** Rows of a row group that can pass, by the statistics of its chunks and, in large ones, of their pages. */
async function candidates(table, group, tests, signal) {
  const lib = await parquet()
  let windows = [[0, group.rows]]
  for (const test of tests) {
    const chunk = table.chunk(group, test.column), statistics = chunk?.meta_data.statistics
    if (!chunk) return []
    if (statistics && number(statistics.null_count) === group.rows) return []
    if (statistics && !mayPass(test, statistics.min_value, statistics.max_value)) return []
    const column = [number(chunk.column_index_offset), number(chunk.column_index_length)]
    const offset = [number(chunk.offset_index_offset), number(chunk.offset_index_length)]
    if (number(chunk.meta_data.total_compressed_size) < 64000 || !column[1] || !offset[1]) continue
    const ranges = [column, offset].map(([at, length]) => [at, at + length])
    await table.file.load(ranges, signal)
    const views = await Promise.all(ranges.map(async r => ({ view: new DataView(await table.file.slice(...r, signal)), offset: 0 })))
    const stats = guarded(() => lib.readColumnIndex(views[0], test.leaf, bytesOfText))
    const pages = guarded(() => lib.readOffsetIndex(views[1]).page_locations)
    const passing = pages.map((page, i) => [number(page.first_row_index), number(pages[i + 1]?.first_row_index ?? group.rows)])
      .filter((_, i) => !stats.null_pages[i] && mayPass(test, stats.min_values[i], stats.max_values[i]))
    const kept = joinRanges(passing, 0)
    windows = windows.flatMap(([a, b]) => kept.map(([c, d]) => [Math.max(a, c), Math.min(b, d)])).filter(([a, b]) => a < b)
  }
  return windows
}

/** What a library throws on bad bytes, as a message for readers. */
export function guarded(read) {
  const fail = error => {
    if (error instanceof Failure || error?.name === 'AbortError') throw error
    throw new Failure('parquet', error?.message)
  }
  try {
    const value = read()
    return value instanceof Promise ? value.catch(fail) : value
  } catch (error) {
    return fail(error)
  }
}

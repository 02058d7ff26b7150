// What the catalogue's scripts compute without a page: filters, CSV, links, ranges, the state in the address, the FFT,
// and Parquet files read by ranges, from a folder that `sprog build` made.
//
//   node player_values.mjs [path/to/sprog [folder]]    folder: a built version, such as sprog-out/demo/1.0.0
import assert from 'node:assert/strict'
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const assets = join(dirname(fileURLToPath(import.meta.url)), '../../assets/catalog')
const folder = mkdtempSync(join(tmpdir(), 'sprog-player-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const name of ['values.js', 'parquet.js', 'player.js', 'vendor/hyparquet.js']) copyFileSync(join(assets, name), join(folder, name.split('/').pop()))
writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
const load = name => import(pathToFileURL(join(folder, name)))
const v = await load('values.js'), p = await load('parquet.js'), sound = await load('player.js')

const tests = []
const test = (name, run) => tests.push([name, run])

test('a formula never leaves in CSV', () => {
  for (const text of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', ' =1', '\n=1', '＝1']) {
    assert.match(v.csvField(text), /^"?'/, JSON.stringify(text))
  }
  assert.equal(v.csvField('a=1'), 'a=1')
  assert.equal(v.csvField(-1.5), '-1.5', 'a number is no formula')
  assert.equal(v.csvField(-5n), '-5')
})

test('CSV is quoted as RFC 4180 says', () => {
  assert.equal(v.toCsv(['a', 'b'], [{ a: 'x"y', b: 'æ,ø' }, { a: null, b: 'l1\nl2' }]), '\ufeffa,b\r\n"x""y","æ,ø"\r\n,"l1\nl2"\r\n')
  assert.equal(v.csvField({ a: [1n, null] }), '"{""a"":[1,null]}"')
})

test('JSON holds what it can hold exactly', () => {
  const row = { big: 2n ** 63n, small: 3n, nan: NaN, bytes: new Uint8Array(4), list: new Float32Array([0.5]) }
  const names = Object.keys(row)
  assert.deepEqual(JSON.parse(v.toJson(names, [row])), [{ big: '9223372036854775808', small: 3, nan: null, bytes: '<4 bytes>', list: [0.5] }])
})

test('ranges are joined in order where little lies between', () => {
  assert.deepEqual(v.joinRanges([[10, 20], [0, 5], [21, 30], [100, 110], [15, 18], [7, 7]], 1), [[0, 5], [10, 30], [100, 110]])
  assert.deepEqual(v.joinRanges([], 9), [])
})

test('links are http(s) alone', () => {
  assert.equal(v.safeLink('https://example.dk/æ?a=1'), 'https://example.dk/%C3%A6?a=1')
  for (const text of ['javascript:alert(1)', ' https://a.dk', 'https://a.dk b', 'https://u:p@a.dk/', 'http://', 'data:text/html,x', 'HTTPS:evil', 'https://a.dk/"><script>']) {
    assert.equal(v.safeLink(text), null, text)
  }
})

test('filters compare as the reader means', () => {
  const f = (op, kind, value) => ({ op, kind, value })
  assert.equal(v.filterValue('number', '1,5'), 1.5)
  assert.equal(v.filterValue('number', 'x'), undefined)
  assert.equal(v.filterValue('bool', 'Ja'), true)
  assert.ok(v.passes(f('eq', 'number', 0.1), Math.fround(0.1)) && v.passes(f('eq', 'number', 3), 3n))
  assert.ok(!v.passes(f('eq', 'number', 3), null) && !v.passes(f('min', 'number', 3), 2))
  assert.ok(v.passes(f('has', 'text', 'ÆBLE'), 'et æble') && !v.passes(f('eq', 'text', 'a'), 'A'))
  assert.ok(v.passes(f('min', 'text', '\uffff'), '😀'), 'order by code points, not by halves of them')
  assert.ok(v.passes(f('eq', 'bool', false), [[false]]), 'a value in a struct comes wrapped')
})

test('statistics never pass by a row that the filter would show', () => {
  // Random values, filters and cuts: whenever a value within the bounds passes, the bounds must pass.
  let seed = 7
  const random = n => (seed = (seed * 1103515245 + 12345) % 2147483648) % n
  const bytes = t => new TextEncoder().encode(t)
  const letters = ['a', 'b', 'æ', '\uffff', '😀', '']
  for (let i = 0; i < 20000; i++) {
    const op = ['eq', 'min', 'max', 'has'][random(4)]
    const word = () => Array.from({ length: random(3) }, () => letters[random(letters.length)]).join('')
    const texts = [word(), word(), word()].sort(v.compareText), value = word()
    const number = () => (random(7) - 3) / 10
    const numbers = [number(), number(), number()].sort((a, b) => a - b)
    const text = { op, kind: 'text', value }, num = { op, kind: 'number', value: number() }
    if (texts.some(t => v.passes(text, t))) assert.ok(v.mayPass(text, bytes(texts[0]), bytes(texts[2])), JSON.stringify([text, texts]))
    const single = numbers.map(Math.fround)
    if (numbers.some(n => v.passes(num, n))) assert.ok(v.mayPass(num, numbers[0], numbers[2]), JSON.stringify([num, numbers]))
    if (single.some(n => v.passes(num, n))) assert.ok(v.mayPass(num, single[0], single[2]), JSON.stringify([num, single]))
  }
  assert.ok(!v.mayPass({ op: 'eq', kind: 'number', value: 5 }, 1, 4) && !v.mayPass({ op: 'min', kind: 'text', value: 'b' }, bytes('a'), bytes('az')))
  assert.ok(v.mayPass({ op: 'eq', kind: 'number', value: 5 }, NaN, 4) && v.mayPass({ op: 'eq', kind: 'number', value: 5 }, undefined, undefined))
})

test('the address gives the state back', () => {
  const state = { config: 'text', split: 'train', row: 41, columns: ['id', 'tekst æ'], filters: [{ column: 'quality.lix', op: 'min', text: '1~2&=#' }] }
  assert.deepEqual(v.parseHash(v.formatHash(state)), state)
  assert.equal(v.parseHash('#rows'), null)
  assert.equal(v.parseHash('#config=a&row=-5').row, 0)
  assert.deepEqual(v.parseHash('#config=a&f=x~drop~1&f=~eq~1&f=a').filters, [])
})

test('the spectrum of a tone is one line', () => {
  const samples = Float64Array.from({ length: 256 }, (_, i) => Math.sin((2 * Math.PI * 16 * i) / 256))
  const power = sound.powerSpectrum(samples)
  assert.equal(power.indexOf(Math.max(...power)), 16)
  assert.ok(Math.abs(power[16] - 128 ** 2) < 1e-6 && power.every((x, i) => i === 16 || x < 1e-12))
  const image = sound.spectrogram(Float32Array.from({ length: 16000 }, (_, i) => Math.sin((2 * Math.PI * 2000 * i) / 16000)), 10, 128)
  const column = image.subarray(5 * 128, 6 * 128)
  assert.equal(column.indexOf(Math.max(...column)), 32, '2 kHz of 8 kHz in 128 bins')
  assert.ok(Math.max(...image) <= 0 && Math.min(...image) >= -80)
})

test('colours grow lighter', () => {
  const light = s => { const [r, g, b] = sound.colour(s); return 0.2126 * r + 0.7152 * g + 0.0722 * b }
  for (let s = 0.01; s <= 1; s += 0.01) assert.ok(light(s) >= light(s - 0.01) - 0.5, String(s))
  assert.deepEqual([sound.colour(-1), sound.colour(2)].map(c => c.length), [3, 3])
})

test('audio is known by its first bytes', () => {
  const of = text => sound.audioType(Uint8Array.from(text, c => c.charCodeAt(0)))?.[0]
  assert.deepEqual(['fLaC', 'RIFFxxxxWAVE', 'OggS', 'ID3', '\xff\xfb', 'xxxxftyp', '<htm', ''].map(of),
    ['audio/flac', 'audio/wav', 'audio/ogg', 'audio/mpeg', 'audio/mpeg', 'audio/mp4', undefined, undefined])
})

// ---- With a built folder ----

const built = process.argv[3]
if (!built) console.log('SKIPPED: reading of Parquet files (give path/to/sprog and a built folder)')
else {
  const filesOf = (folder, found = []) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) filesOf(path, found)
      else if (path.endsWith('.parquet')) found.push(path)
    }
    return found.sort()
  }
  // A server of ranges in this process.
  globalThis.fetch = async (url, { headers }) => {
    const path = fileURLToPath(url), size = statSync(path).size, [a, b] = headers.Range.slice(6).split('-').map(Number)
    if (a >= size) return new Response('', { status: 416 })
    const bytes = new Uint8Array(Math.min(b + 1, size) - a), fd = openSync(path)
    readSync(fd, bytes, 0, bytes.length, a)
    closeSync(fd)
    return new Response(bytes, { status: 206 })
  }
  const tableOf = (path, rows = 0) => new p.Table(pathToFileURL(`${path}`), { path: pathToFileURL(path).href, bytes: statSync(path).size, rows })
  const data = filesOf(join(built, 'data'))
  assert.ok(data.length, `no Parquet in ${built}`)

  test('every published file reads, all columns and rows, whole and in parts', async () => {
    for (const path of data) {
      const table = await tableOf(path).open()
      const names = table.columns().map(c => c.name)
      for (const group of table.groups) {
        const whole = await table.objects(group, 0, group.rows, names)
        assert.equal(whole.length, group.rows)
        const from = Math.floor(group.rows / 3), to = Math.min(group.rows, from + 5)
        const part = await tableOf(path).open().then(t => t.objects(t.groups[table.groups.indexOf(group)], from, to, names))
        assert.deepEqual(part.map(r => v.plain(r)), whole.slice(from, to).map(r => v.plain(r)), path)
      }
    }
  })

  test('a search finds what reading everything finds', async () => {
    for (const path of data) {
      const table = await tableOf(path).open(), rows = table.groups.reduce((n, g) => n + g.rows, 0)
      for (const field of table.filterable().slice(0, 12)) {
        const values = []
        for (const group of table.groups) values.push(...(await table.leaves(group, 0, group.rows, [field.path])).get(field.path))
        const flat = values.map(x => { while (Array.isArray(x)) x = x[0]; return x }), some = flat.find(x => x !== null && x !== undefined)
        if (some === undefined) continue
        for (const op of field.kind === 'bool' ? ['eq'] : ['eq', 'min', 'max']) {
          const filter = { column: field.path, op, text: String(some) }
          const expected = flat.flatMap((x, i) => v.passes({ op, kind: field.kind, value: v.filterValue(field.kind, String(some)) }, x) ? [i] : [])
          table.rows = rows
          const search = new p.Search([{ table, start: 0 }], [filter])
          await search.until(Infinity, new AbortController().signal, () => {})
          assert.deepEqual(search.hits, expected, `${path} ${JSON.stringify(filter)}`)
          assert.ok(search.done && search.seen === rows && expected.length > 0)
        }
      }
    }
  })

  test('a clip is its own bytes, for little more than them', async () => {
    let clips = 0
    for (const path of data.filter(f => f.includes('/speech/'))) {
      const whole = await tableOf(path).open()
      for (const group of whole.groups) for (const at of [0, Math.floor(group.rows / 2), group.rows - 1]) {
        const before = { ...p.meter }, table = tableOf(path)
        table.index = whole.groups.map(g => { const c = whole.chunk(g, 'audio.bytes'); return [g.rows, Number(c.offset_index_offset), c.offset_index_length] })
        const bytes = await table.clip(group.start + at)
        const read = p.meter.bytes - before.bytes, requests = p.meter.requests - before.requests
        assert.ok(sound.audioType(bytes), `${path}: row ${group.start + at} is no audio`)
        assert.ok(requests <= 2 && read <= bytes.length * 1.1 + 32768, `${path} row ${group.start + at}: ${read} bytes in ${requests} requests for ${bytes.length}`)
        // The same clip by way of the footer.
        const again = await tableOf(path).clip(group.start + at)
        assert.equal(Buffer.compare(Buffer.from(bytes), Buffer.from(again)), 0)
        if (at === group.rows - 1) console.log(`  ${path.split('/').pop()} row ${group.start + at}: ${bytes.length} bytes, ${read} read in ${requests} requests`)
        clips++
      }
    }
    console.log(`  ${clips} clips`)
  })

  test('a file that is cut, flipped or another gives an error and no hang', async () => {
    const path = data.find(f => f.includes('/text/')) ?? data[0], bytes = readFileSync(path)
    const copy = join(folder, 'broken.parquet')
    let failed = 0
    for (let i = 0; i < 300; i++) {
      const broken = Buffer.from(bytes)
      if (i % 3 === 0) broken[broken.length - 9 - ((i * 7919) % Math.min(6000, broken.length - 9))] ^= 1 << i % 8
      else if (i % 3 === 1) broken[(i * 104729) % broken.length] ^= 1 << i % 8
      writeFileSync(copy, i % 3 === 2 ? broken.subarray(0, Math.floor((broken.length * i) / 300)) : broken)
      try {
        const table = tableOf(copy)
        await table.open()
        for (const group of table.groups.slice(0, 2)) await table.objects(group, 0, Math.min(20, group.rows), table.columns().map(c => c.name))
      } catch (error) {
        assert.ok(error instanceof v.Failure, `${i}: ${error.stack}`)
        failed++
      }
    }
    assert.ok(failed >= 100, `${failed} failed`)
  })
}

let bad = 0
for (const [name, run] of tests) {
  try {
    await run()
    console.log(`ok   ${name}`)
  } catch (error) {
    bad++
    console.log(`FAIL ${name}\n${error.stack}`)
  }
}
assert.ok(existsSync(assets))
process.exit(bad ? 1 : 0)

// Tests of assets/catalog/search.js on indexes that tests/catalog_search.rs made.
// Run as: node search_index.mjs FOLDER QUERIES.tsv; no packages needed. Times are printed and not judged.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [folder, queries] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const script = createRequire(import.meta.url)(join(here, '../../assets/catalog/search.js'));
const { Index, fold, tokens, isNear, decode } = script;

// Folding, letters, postings.
assert.equal(fold('Ærø Ålborg A\u030alborg Épée Öl'), 'aeroe aalborg aalborg epee oel');
assert.deepEqual(tokens('Vejr-tale, (2)  x'), ['vejr', 'tale', '2', 'x']);
for (const [a, b, near] of [
  ['tale', 'tale', true], ['tale', 'tal', true], ['tale', 'atle', true], ['tale', 'take', true], ['tale', 'stale', true],
  ['tale', 'ta', false], ['tale', 'elat', false], ['abcd', 'badc', false], ['', 'a', true],
]) assert.equal(isNear(a, b), near, `${a} ${b}`);
assert.deepEqual(decode('AoB', true), { docs: [0, 5], levels: [1, 1] });
assert.deepEqual(decode('DlB', false).docs, [3, 40]);

// Relevance.
const text = readFileSync(join(folder, 'invented.json'));
const index = new Index(JSON.parse(text));
assert.equal(index.terms.length, index.postings.length);
const ids = (query, chosen = new Map()) => index.query(query, chosen).hits.map((doc) => index.data.ids[doc]);
const right = { tuning: [0, 0], kept: [0, 0] };
for (const line of readFileSync(queries, 'utf8').split('\n')) {
  if (!line || line.startsWith('#')) continue;
  const [query, expected, first, set] = line.split('\t');
  const found = ids(query);
  const wanted = expected.split(',');
  for (const id of wanted) assert.ok(index.data.ids.includes(id), id);
  const good = wanted.every((id) => found.slice(0, 5).includes(id)) && (first !== '1' || found[0] === wanted[0]);
  right[set][0] += good ? 1 : 0;
  right[set][1] += 1;
  if (!good) console.log(`missed (${set}): ${query}: ${found.slice(0, 5).join(' ')}; wanted ${expected}`);
}
for (const [set, [good, all]] of Object.entries(right)) console.log(`relevance, ${set}: ${good} of ${all}`);
assert.ok(right.tuning[0] >= 19 && right.kept[0] >= 17, 'relevance fell');

// What the maintainers promise by example.
assert.equal(ids('vejrtale')[0], 'vejrudsigter');
assert.equal(ids('børn')[0], 'boern-fortaeller');
assert.ok(ids('lægerne').includes('laegebreve'));
assert.equal(ids('aarhus')[0], 'aarhusiansk');
assert.deepEqual(ids('AARHUS'), ids('århus'));

// Facets with the search: counts are of what a click would give.
const speech = new Map([['modality', new Set(['speech'])]]);
const both = index.query('dialekt', speech);
assert.ok(both.hits.length > 0 && both.hits.every((doc) => index.facets.get('modality').get('speech').includes(doc)));
assert.equal(both.counts.get('modality').get('speech'), both.hits.length);
assert.equal(both.counts.get('modality').get('rules'), index.query('dialekt', new Map([['modality', new Set(['rules'])]])).hits.length);
assert.equal(index.query('', new Map()).hits.length, index.size);
assert.equal(index.query('', new Map()).isSearch, false);
assert.equal(index.query('', new Map([['modality', new Set(['none'])]])).hits.length, 0);
assert.equal(index.query('og', new Map()).hits.length >= 0, true);

// No query stops it.
for (const query of ['', ' ', '\0', '<script>', '__proto__', 'constructor', 'a'.repeat(100000), '🙂', '\ud800', '%', '.*', 'æ'.repeat(500),
  Array.from({ length: 500 }, (_, n) => 'ord' + n).join(' ')]) {
  index.query(query, new Map([['__proto__', new Set(['x'])]]));
}
let state = 7;
const draw = (below) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
for (let n = 0; n < 2000; n++) {
  const query = Array.from({ length: draw(12) }, () => 'abdeklmnorstvæøå -'[draw(18)]).join('');
  const found = index.query(query, new Map()).hits;
  assert.equal(new Set(found).size, found.length, query);
}

// A thousand datasets: size and time.
const large = readFileSync(join(folder, 'thousand.json'));
const data = JSON.parse(large);
const titles = gzipSync(JSON.stringify([data.ids, data.titles]), { level: 9 }).length;
const all = gzipSync(large, { level: 9 }).length;
console.log(`1,000 datasets: ${large.length} bytes, ${all} gz; ids and titles alone ${titles} gz; ${data.terms.split(' ').length} terms`);
assert.ok(all <= 150_000, `the index is too large: ${all}`);
const began = performance.now();
const thousand = new Index(data);
console.log(`read in ${(performance.now() - began).toFixed(1)} ms`);
const asked = [];
for (const line of readFileSync(queries, 'utf8').split('\n')) {
  if (line && !line.startsWith('#')) {
    const query = line.split('\t')[0];
    // As it is typed, a letter at a time, and with a mistake.
    for (let end = 1; end <= query.length; end++) asked.push(query.slice(0, end));
    asked.push(query + ' dansk tale', query.slice(0, 2) + 'x' + query.slice(2));
  }
}
const times = asked.map((query) => {
  const start = performance.now();
  thousand.query(query, speech);
  return performance.now() - start;
}).sort((a, b) => a - b);
console.log(`${times.length} queries: median ${times[times.length >> 1].toFixed(2)} ms, worst ${times[times.length - 1].toFixed(2)} ms`);
console.log('ok');

// Search and facets of the front page. The index is read once someone wants to search, and holds all that needs a
// dictionary (see search.rs); here words are compared by folding, endings, parts, and one mistake in typing.
// Nothing of a dataset becomes markup: all text goes in as text.
(function () {
  'use strict';

  const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const MOST_TERMS = 400; // expansions of a word
  const SHOWN = 20; // results at a time

  function fold(text) {
    return text.normalize('NFC').toLowerCase().replace(/[æä]/g, 'ae').replace(/[øö]/g, 'oe').replace(/å/g, 'aa')
      .replace(/ß/g, 'ss').normalize('NFD').replace(/\p{M}/gu, '');
  }

  // ø written as o and å as a, as on a foreign keyboard.
  function loose(term) {
    return term.replace(/oe/g, 'o').replace(/aa/g, 'a').replace(/ae/g, 'a');
  }

  function tokens(text) {
    return (fold(text).match(/[\p{L}\p{N}]+/gu) || []).map((word) => word.slice(0, 60));
  }

  // One letter more, less or other, or two changed about (Damerau 1964).
  function isNear(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let i = 0;
    while (i < a.length && i < b.length && a[i] === b[i]) i++;
    if (i === a.length && i === b.length) return true;
    if (a.slice(i + 1) === b.slice(i + 1)) return true;
    if (a.slice(i + 1) === b.slice(i) || a.slice(i) === b.slice(i + 1)) return true;
    return a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
  }

  function decode(posting, withLevels) {
    const docs = [];
    const levels = [];
    let doc = 0;
    for (let i = 0; i < posting.length;) {
      let number = 0;
      for (let scale = 1; ; scale *= 32) {
        const digit = LETTERS.indexOf(posting[i++]);
        number += (digit % 32) * scale;
        if (digit < 32) break;
      }
      doc += withLevels ? Math.floor(number / 8) : number;
      docs.push(doc);
      if (withLevels) levels.push((number % 8) + 1);
    }
    return { docs, levels };
  }

  class Index {
    constructor(data) {
      if (data.format !== 1) throw new Error('search-index.json is of another format');
      this.data = data;
      this.size = data.ids.length;
      this.terms = data.terms ? data.terms.split(' ') : [];
      this.postings = data.postings ? data.postings.split(' ') : [];
      this.decoded = new Map();
      this.numbers = new Map(this.terms.map((term, n) => [term, n]));
      this.stop = new Set(data.stop.split(' '));
      this.endings = data.endings.split(' ');
      this.facets = new Map();
      for (const [name, values] of Object.entries(data.facets)) {
        const of = new Map();
        for (const [value, posting] of values) of.set(value, decode(posting, false).docs);
        this.facets.set(name, of);
      }
      this.loose = null;
    }

    posting(n) {
      let found = this.decoded.get(n);
      if (!found) {
        found = decode(this.postings[n], true);
        const count = found.docs.length;
        found.rarity = Math.log(1 + (this.size - count + 0.5) / (count + 0.5)) + 0.3;
        this.decoded.set(n, found);
      }
      return found;
    }

    // What a form may come of when an ending is taken off, what is taken off least first.
    stems(word) {
      const stems = [];
      for (const ending of this.endings) {
        if (!word.endsWith(ending)) continue;
        const stem = word.slice(0, -ending.length);
        if (stem.length < 2) continue;
        stems.push(stem);
        if (stem.length > 2) stems.push(stem + 'e');
        if (stem.length > 3 && stem[stem.length - 1] === stem[stem.length - 2]) stems.push(stem.slice(0, -1));
      }
      return stems.sort((a, b) => b.length - a.length);
    }

    from(prefix) {
      let low = 0;
      let high = this.terms.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.terms[middle] < prefix) low = middle + 1; else high = middle;
      }
      return low;
    }

    // Terms that are meant by a word, each with how surely: number -> factor.
    expand(word) {
      const found = new Map();
      const add = (n, factor) => {
        if (n !== undefined && (found.get(n) || 0) < factor) found.set(n, factor);
      };
      add(this.numbers.get(word), 1);
      this.expandStems(word, found.size ? 0.7 : 0.9, add);
      if (word.length > 1) {
        for (let n = this.from(word); n < this.terms.length && found.size < MOST_TERMS; n++) {
          const term = this.terms[n];
          if (!term.startsWith(word)) break;
          add(n, Math.max(0.25, 0.75 * word.length / term.length));
        }
      }
      if (!found.size) this.expandLoose(word, add);
      return found;
    }

    expandStems(word, factor, add) {
      const stem = this.stems(word).find((stem) => this.numbers.has(stem));
      if (stem) add(this.numbers.get(stem), factor);
    }

    expandLoose(word, add) {
      if (!this.loose) {
        this.loose = new Map();
        this.terms.forEach((term, n) => {
          const key = loose(term);
          if (this.loose.has(key)) this.loose.get(key).push(n); else this.loose.set(key, [n]);
        });
      }
      const key = loose(word);
      const all = [key, ...this.stems(key)].find((k) => this.loose.has(k));
      for (const n of this.loose.get(all) || []) add(n, 0.7);
      if (all || key.length < 3) return;
      for (const [other, numbers] of this.loose) {
        if (other.startsWith(key)) numbers.forEach((n) => add(n, 0.5 * key.length / other.length));
      }
    }

    // The word as written with one mistake, or not yet written to its end.
    expandNear(word) {
      const found = new Map();
      // An ending that is being written.
      for (let cut = 1; cut <= 3 && word.length - cut >= 4; cut++) {
        const tail = word.slice(-cut);
        const n = this.numbers.get(word.slice(0, -cut));
        if (n !== undefined && this.endings.some((ending) => ending.startsWith(tail))) found.set(n, 0.6);
      }
      if (found.size || word.length < 4) return found;
      const forms = [word, ...this.stems(word).filter((stem) => stem.length > 4)];
      this.terms.forEach((term, n) => {
        if (term.length < 4) return;
        if (forms.some((form) => isNear(form, term))) found.set(n, 0.5);
        else if (word.length > 5 && term.length > word.length && isNear(word, term.slice(0, word.length))) found.set(n, 0.3);
      });
      return found;
    }

    // Score of each dataset for a set of terms: the best one counts.
    score(expansions) {
      const scores = new Map();
      for (const [n, factor] of expansions) {
        const { docs, levels, rarity } = this.posting(n);
        for (let i = 0; i < docs.length; i++) {
          const score = factor * rarity * levels[i];
          if ((scores.get(docs[i]) || 0) < score) scores.set(docs[i], score);
        }
      }
      return scores;
    }

    // A compound that no dataset has may have its parts in one: `vejrtale` where there are `vejr` and `tale`.
    scoreParts(word, alone) {
      const best = new Map();
      const either = new Map();
      for (let at = 3; at <= word.length - 3; at++) {
        const right = this.whole(word.slice(at));
        if (!right.size) continue;
        const left = this.whole(word.slice(0, at));
        if (!left.size) continue;
        const a = this.score(left);
        const b = this.score(right);
        for (const [doc, score] of a) {
          if (!b.has(doc)) continue;
          const both = 0.5 * Math.min(score, b.get(doc));
          if ((best.get(doc) || 0) < both) best.set(doc, both);
        }
        for (const [doc, score] of a) if ((either.get(doc) || 0) < score / 4) either.set(doc, score / 4);
        for (const [doc, score] of b) if ((either.get(doc) || 0) < score / 4) either.set(doc, score / 4);
      }
      // One part is better than nothing.
      return best.size || !alone ? best : either;
    }

    whole(word) {
      const found = new Map();
      const add = (n, factor) => { if (n !== undefined) found.set(n, factor); };
      add(this.numbers.get(word), 1);
      if (!found.size) this.expandStems(word, 0.9, add);
      // What links the parts: arbejd-s-marked, barn-e-vogn.
      if (!found.size && /[se]$/.test(word)) add(this.numbers.get(word.slice(0, -1)), 0.9);
      return found;
    }

    scoresOf(word) {
      const scores = this.score(this.expand(word));
      if (word.length > 5 && scores.size < this.size / 5) {
        for (const [doc, score] of this.scoreParts(word, !scores.size)) {
          if ((scores.get(doc) || 0) < score) scores.set(doc, score);
        }
      }
      return scores.size ? scores : this.score(this.expandNear(word));
    }

    // Datasets that have all words of a query, or where none has, as many as can be had; best first.
    search(query) {
      let words = tokens(query);
      const telling = words.filter((word) => !this.stop.has(word));
      if (telling.length) words = telling;
      words = [...new Set(words)].slice(0, 12);
      if (!words.length) return null;
      const sums = new Map();
      for (const word of words) {
        for (const [doc, score] of this.scoresOf(word)) {
          const sum = sums.get(doc) || { words: 0, score: 0 };
          sum.words++;
          sum.score += score;
          sums.set(doc, sum);
        }
      }
      let most = 0;
      for (const sum of sums.values()) most = Math.max(most, sum.words);
      return [...sums].filter(([, sum]) => sum.words === most)
        .sort(([a, x], [b, y]) => y.score - x.score || a - b).map(([doc]) => doc);
    }

    // Hits of a query within the values chosen (facet -> set), and how many each value would give.
    query(query, chosen) {
      const hits = this.search(query);
      const order = hits || Array.from({ length: this.size }, (_, n) => n);
      const inQuery = new Uint8Array(this.size);
      for (const doc of order) inQuery[doc] = 1;
      const masks = new Map();
      for (const [name, values] of chosen) {
        if (!values.size) continue;
        const mask = new Uint8Array(this.size);
        for (const value of values) {
          for (const doc of (this.facets.get(name) || new Map()).get(value) || []) mask[doc] = 1;
        }
        masks.set(name, mask);
      }
      const fits = (doc, but) => {
        for (const [name, mask] of masks) if (name !== but && !mask[doc]) return false;
        return true;
      };
      const counts = new Map();
      for (const [name, values] of this.facets) {
        const of = new Map();
        for (const [value, docs] of values) {
          let count = 0;
          for (const doc of docs) if (inQuery[doc] && fits(doc, name)) count++;
          of.set(value, count);
        }
        counts.set(name, of);
      }
      return { hits: order.filter((doc) => fits(doc, null)), counts, isSearch: hits !== null || masks.size > 0 };
    }
  }

  if (typeof module === 'object' && module.exports) {
    module.exports = { Index, fold, tokens, isNear, decode };
    return;
  }

  const STRINGS = {
    da: {
      hits: (n) => (n === 1 ? '1 datasæt' : number(n) + ' datasæt'),
      none: 'Ingen datasæt passer. Prøv et andet ord, eller fjern et filter.',
      more: 'Vis flere',
      failed: 'Søgningen kunne ikke hentes. Der søges kun på denne side.',
    },
    en: {
      hits: (n) => (n === 1 ? '1 dataset' : number(n) + ' datasets'),
      none: 'No dataset fits. Try another word, or remove a filter.',
      more: 'Show more',
      failed: 'The search could not be loaded. Only this page is searched.',
    },
  };
  const lang = document.documentElement.lang === 'en' ? 'en' : 'da';
  const say = STRINGS[lang];
  const number = (n) => n.toLocaleString(lang);

  const main = document.querySelector('main[data-root]');
  const form = document.querySelector('form.search');
  const field = document.getElementById('q');
  const list = document.getElementById('datasets');
  const status = document.getElementById('hits');
  if (!main || !form || !field || !list || !status) return;
  const facets = document.querySelector('form.facets');
  const pages = document.querySelector('nav.pages');
  const root = main.dataset.root;
  const prefix = root + (lang === 'en' ? 'en/' : '');

  const before = { items: [...list.children], status: status.textContent };
  const rows = new Map(before.items.map((item) => [item.dataset.id, item]));
  const boxes = facets ? [...facets.querySelectorAll('input[type="checkbox"]')] : [];
  const labels = boxes.map((box) => ({ box, count: box.parentElement.querySelector('.count') }));
  for (const label of labels) label.before = label.count ? label.count.textContent : '';
  const more = document.createElement('button');
  more.type = 'button';
  more.hidden = true;
  more.textContent = say.more;
  list.after(more);

  let index = null;
  let loading = null;
  let failed = false;
  let hits = [];
  let shown = 0;

  function load() {
    if (!loading) {
      loading = fetch(root + 'assets/search-index.json')
        .then((answer) => {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        })
        .then((data) => { index = new Index(data); })
        .catch(() => { failed = true; });
    }
    return loading;
  }

  function chosen() {
    const by = new Map();
    for (const box of boxes) {
      if (!box.checked) continue;
      if (!by.has(box.name)) by.set(box.name, new Set());
      by.get(box.name).add(box.value);
    }
    return by;
  }

  function tell(text) {
    if (status.textContent !== text) status.textContent = text;
  }

  // A row that is not on this page: its title now, the rest when the page of the list that has it has come.
  function row(doc) {
    const id = index.data.ids[doc];
    let item = rows.get(id);
    if (item) return item;
    item = document.createElement('li');
    item.dataset.id = id;
    const heading = document.createElement('h3');
    const link = document.createElement('a');
    link.href = prefix + 'ds/' + encodeURIComponent(id) + '/index.html';
    const { da, en } = index.data.titles;
    link.textContent = (lang === 'en' && en[doc]) || da[doc] || en[doc] || id;
    heading.append(link);
    const line = document.createElement('p');
    const facts = document.createElement('ul');
    facts.className = 'facts';
    item.append(heading, line, facts);
    rows.set(id, item);
    fill(doc, line, facts);
    return item;
  }

  const listPages = new Map();

  function fill(doc, line, facts) {
    const n = Math.floor(doc / index.data.page);
    if (!listPages.has(n)) {
      const address = prefix + (n ? 'side/' + (n + 1) + '/' : '') + 'index.html';
      listPages.set(n, fetch(address).then((answer) => answer.text())
        .then((text) => new DOMParser().parseFromString(text, 'text/html')).catch(() => null));
    }
    listPages.get(n).then((page) => {
      const there = page && [...page.querySelectorAll('#datasets > li')]
        .find((item) => item.dataset.id === index.data.ids[doc]);
      if (!there) return;
      const said = there.querySelector('p');
      line.textContent = said ? said.textContent : '';
      for (const fact of there.querySelectorAll('.facts li')) {
        const item = document.createElement('li');
        item.textContent = fact.textContent;
        facts.append(item);
      }
    });
  }

  function show(from) {
    shown = Math.min(hits.length, from + SHOWN);
    const items = hits.slice(from, shown).map(row);
    if (from) list.append(...items); else list.replaceChildren(...items);
    more.hidden = shown >= hits.length;
    if (from && items[0]) items[0].querySelector('a').focus();
  }

  function restore() {
    hits = [];
    more.hidden = true;
    list.replaceChildren(...before.items);
    if (pages) pages.hidden = false;
    for (const { count, before: text } of labels) if (count) count.textContent = text;
    tell(before.status);
  }

  // Without the index: rows of this page that have all words somewhere.
  function plain() {
    const words = tokens(field.value);
    const items = before.items.filter((item) => {
      const text = fold(item.textContent);
      return words.every((word) => text.includes(word));
    });
    list.replaceChildren(...items);
    if (facets) facets.hidden = true;
    tell(say.failed + ' ' + (items.length ? say.hits(items.length) : say.none));
  }

  function update() {
    const by = chosen();
    remember(by);
    if (!field.value.trim() && !by.size) {
      restore();
      return;
    }
    if (!index) {
      load().then(() => (failed ? plain() : update()));
      return;
    }
    const found = index.query(field.value, by);
    hits = found.hits;
    if (pages) pages.hidden = found.isSearch;
    for (const { box, count } of labels) {
      const of = found.counts.get(box.name);
      if (count) count.textContent = number((of && of.get(box.value)) || 0);
    }
    show(0);
    tell(hits.length ? say.hits(hits.length) : say.none);
  }

  // The address holds the search, so that it can be kept and sent; the other language gets the same.
  const switches = [...document.querySelectorAll('.switch a')].map((link) => [link, link.getAttribute('href')]);

  function remember(by) {
    const state = new URLSearchParams();
    if (field.value.trim()) state.set('q', field.value.trim());
    for (const [name, values] of by) for (const value of values) state.append(name, value);
    const text = state.toString();
    for (const [link, href] of switches) link.setAttribute('href', text ? href + '?' + text : href);
    try {
      history.replaceState(null, '', text ? '?' + text : location.pathname);
    } catch {
      // A page from a file may not change its address.
    }
  }

  function recall() {
    const state = new URLSearchParams(location.search);
    field.value = (state.get('q') || '').slice(0, 500);
    for (const box of boxes) box.checked = state.getAll(box.name).includes(box.value);
    if (field.value || boxes.some((box) => box.checked)) update();
  }

  const links = () => [...list.querySelectorAll('h3 a')];

  function move(event) {
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' && all.length) {
      const next = document.activeElement === field ? all[0] : at >= 0 ? all[at + 1] : null;
      if (next) { next.focus(); event.preventDefault(); }
    } else if (event.key === 'ArrowUp' && at >= 0) {
      (all[at - 1] || field).focus();
      event.preventDefault();
    } else if (event.key === 'Escape' && at >= 0) {
      field.focus();
      event.preventDefault();
    }
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const writes = target.matches('input:not([type="checkbox"]), textarea, select, [contenteditable]');
    if (event.key === '/' && !writes) {
      field.focus();
      field.select();
      event.preventDefault();
    } else if (event.key === 'Escape' && target === field && field.value) {
      field.value = '';
      update();
      event.preventDefault();
    } else {
      move(event);
    }
  });
  field.addEventListener('focus', load);
  field.addEventListener('input', update);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    update();
  });
  if (facets) {
    facets.addEventListener('change', update);
    facets.addEventListener('submit', (event) => event.preventDefault());
    facets.addEventListener('reset', () => setTimeout(update, 0));
    facets.hidden = false;
    // On narrow windows the list comes first; the facets open when asked.
    const wide = matchMedia('(min-width: 64rem)');
    const fold = () => {
      const box = facets.querySelector('details');
      if (box) box.open = wide.matches || boxes.some((tick) => tick.checked);
    };
    wide.addEventListener('change', fold);
    fold();
  }
  more.addEventListener('click', () => show(shown));
  window.addEventListener('pageshow', (event) => { if (event.persisted) recall(); });
  form.hidden = false;
  recall();
})();

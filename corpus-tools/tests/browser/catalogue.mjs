// Makes the catalogue that the tests look at: builds datasets with the program, puts them into a root, builds the site.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = path.dirname(fileURLToPath(import.meta.url))
export const REPOSITORY = path.resolve(HERE, '../../..')

/** Runs the program; its standard error ends the tests where it fails. */
export function sprog(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 })
}

/** `[id, recipe]` of what is built: all kinds of a dataset there are. */
export const DATASETS = [
  ['borgerservice-tale', path.join(HERE, 'recipes/borgerservice-tale')],
  ['borgerservice-tekst', path.join(HERE, 'recipes/borgerservice-tekst')],
  ['dansk-regler', path.join(REPOSITORY, 'datasets/recipes/dansk-regler')],
  ['demo', path.join(REPOSITORY, 'datasets/demo')],
]

/** Builds what is not in `out` yet. */
export function build(program, out, recipes) {
  for (const [id, recipe] of recipes) {
    if (!existsSync(path.join(out, id))) sprog(program, 'build', recipe, '--out', out, '--quiet')
  }
}

/** Writes the recipe of the hostile dataset below `scratch`, and says where. */
export function hostileRecipe(scratch) {
  const recipe = path.join(scratch, 'hostile-recipe')
  execFileSync('python3', [path.join(HERE, '../python/hostile_dataset.py'), recipe, path.join(REPOSITORY, 'datasets/demo/speech/clips')])
  return recipe
}

/** Puts the newest versions of `ids` into `root`, as `sprog publish` lays them out, and builds the site. */
export function publish(program, out, root, ids, toml = '') {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(path.join(root, 'ds'), { recursive: true })
  if (toml) writeFileSync(path.join(root, 'catalog.toml'), toml)
  for (const id of ids) {
    for (const version of readdirSync(path.join(out, id))) {
      cpSync(path.join(out, id, version), path.join(root, 'ds', id, version), { recursive: true })
    }
  }
  const base = toml.includes('base_url') ? [] : ['--base-url', 'https://data.example.dk/']
  sprog(program, 'catalog', 'build', root, '--quiet', ...base)
  return root
}

/** The static API's description of a dataset. */
export const api = (root, id) => JSON.parse(readFileSync(path.join(root, 'api', `${id}.json`), 'utf8'))

/** Paths of pages by language; `da` and `en` of one page stand together. */
export function pages(ids) {
  const kinds = [
    ['front', 'index.html', 'en/index.html'],
    ['accessibility', 'tilgaengelighed/index.html', 'en/accessibility/index.html'],
    ...ids.map(id => [id, `ds/${id}/index.html`, `en/ds/${id}/index.html`]),
  ]
  return kinds.flatMap(([kind, da, en]) => [{ kind, lang: 'da', path: da, other: en }, { kind, lang: 'en', path: en, other: da }])
}

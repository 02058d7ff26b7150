// Makes hyparquet.js again from its packages, at the versions and integrity hashes of package-lock.json.
//
//   node rebuild.mjs            writes hyparquet.js beside this file
//   node rebuild.mjs --check    compares, and ends with 1 where a byte differs or the bundle is past 40 KB compressed
//
// Needs node 20, npm and npm's registry. Everything happens in a temporary folder; no script of a package is run.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const LIMIT = 40 * 1024
const here = dirname(fileURLToPath(import.meta.url))
const target = join(here, 'hyparquet.js')
const folder = mkdtempSync(join(tmpdir(), 'sprog-vendor-'))
try {
  for (const name of ['package.json', 'package-lock.json', 'entry.js']) copyFileSync(join(here, name), join(folder, name))
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const options = ['--bundle', '--format=esm', '--minify', '--target=es2022', '--charset=utf8', '--legal-comments=none', '--log-level=warning']
  const banner = '--banner:js=/* hyparquet 1.31.5 and fzstd 0.1.1, MIT: see LICENSES.txt. Made by vendor/rebuild.mjs. */'
  execFileSync(join(folder, 'node_modules', '.bin', 'esbuild'), ['entry.js', ...options, banner, '--outfile=out.js'], { cwd: folder, stdio: 'inherit' })
  const made = readFileSync(join(folder, 'out.js')), size = gzipSync(made, { level: 9 }).length
  const licences = readFileSync(join(here, 'LICENSES.txt'), 'utf8')
  for (const name of ['hyparquet', 'fzstd']) {
    const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'))
    const text = readFileSync(join(folder, 'node_modules', name, 'LICENSE'), 'utf8').trim()
    if (!licences.includes(`${name} ${version},`) || !licences.includes(text)) throw new Error(`LICENSES.txt is not of ${name} ${version}`)
  }
  if (size > LIMIT) throw new Error(`${size} bytes compressed, more than ${LIMIT}`)
  if (process.argv.includes('--check')) {
    if (!made.equals(readFileSync(target))) throw new Error('hyparquet.js is not what its packages give')
    console.log(`hyparquet.js is what its packages give: ${made.length} bytes, ${size} compressed`)
  } else {
    writeFileSync(target, made)
    console.log(`${target}: ${made.length} bytes, ${size} compressed`)
  }
} catch (error) {
  console.error(`error: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

// What the catalogue's dataset.js needs of hyparquet and fzstd: footers, page indexes, pages. Planning and reading of
// bytes is done in dataset.js itself, so that it knows what is read.
export { parquetMetadata, parquetSchema } from 'hyparquet/src/metadata.js'
export { readOffsetIndex, readColumnIndex } from 'hyparquet/src/indexes.js'
export { assembleAsync, asyncGroupToRows, readRowGroup } from 'hyparquet/src/rowgroup.js'
export { decompress as zstd } from 'fzstd'

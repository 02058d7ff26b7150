//! Stable codes of this crate, `SPROG-1xxx`; see [`mod@sprog_formats::codes`].

sprog_formats::codes! {
    LICENCE_MISSING = 1001, "A source names no licence. Without one nobody may use the data: name the SPDX id of its licence in the recipe, or leave the source out.";
    LICENCE_UNKNOWN = 1002, "The licence is not an SPDX id known here and not a LicenseRef-… declared in the recipe's [[licence]] table.";
    LICENCE_CONFLICT = 1003, "Two sources in one table have licences that cannot be combined. Put them in different configs, or leave one out.";
    BASIS_MISSING = 1004, "A source states no legal basis, or holds people's voices without a consent statement.";
    SPLIT_LEAK = 1005, "The same speaker or the same text stands in two splits, so a test score on this dataset would be wrong.";
    ID_DUPLICATE = 1006, "Two rows of one config have the same id. Give the sources of the config ids that differ.";
    ID_MISSING = 1007, "A row has no id.";
    CONTENT_MISSING = 1008, "A row has no text or no audio.";
    PII_FOUND = 1009, "Personal data (a CPR number, an account or card number, an e-mail address or a telephone number) stands in text to be published. Add a `pii` step to the recipe; one with `action = \"drop\"` if it stands in an id or another column.";
    CONFIG_EMPTY = 1010, "A config has no row left: every record was a problem or was taken out. Look at the column names and filters of the recipe.";
    MANIFEST_MISSING = 1101, "The folder has no MANIFEST.json: it is no published dataset, or one that was not finished.";
    FILE_MISSING = 1102, "A file that the manifest lists is not there.";
    FILE_CHANGED = 1103, "A file's bytes are not those that the manifest lists.";
    FILE_EXTRA = 1104, "A file is there that the manifest does not list.";
    FILE_UNREADABLE = 1105, "A Parquet file cannot be read, or its schema is not that of its config.";
    CARD_MISMATCH = 1106, "The numbers in dataset.json are not those of the files.";
    SIGNATURE_MISSING = 1107, "A public key was given, and the folder has no signature. Ask the publisher for MANIFEST.json.minisig, or verify without `--key`, which tells damage but not who published it.";
    SIGNATURE_MALFORMED = 1108, "MANIFEST.json.minisig is no signature as minisign writes it: it was damaged or edited. Get it again from the publisher.";
    SIGNATURE_WRONG = 1109, "The signature is not by this key over this MANIFEST.json: the manifest was changed, the signature was damaged, or another key signed. Compare the key with the one that the publisher shows elsewhere; do not use the data until they agree.";
    SIGNATURE_OTHER = 1110, "The signature is for another dataset or another version: its trusted comment must be `dataset:<id> version:<version>` of this folder.";
    KEY_INVALID = 1111, "The key cannot be used: it is no key of minisign, or the password is missing or wrong. `sprog keygen` makes a pair of keys; the password is read from SPROG_SIGNING_PASSWORD or asked for.";
    PATH_UNSAFE = 1112, "The manifest lists a path that leads out of the folder, one path twice, or something that is no plain file. No dataset of ours has such paths: do not use it.";
    VERSION_NUMBER = 1113, "A version is three numbers without leading zeros, such as 1.0.0 or 1.10.2.";
    POINTER_INVALID = 1114, "latest.json is not valid or contradicts itself. It is written by `sprog publish`; restore it from a backup, or publish the newest version again into an empty root.";
    BAG_TAKEN = 1115, "Something stands where the bag is to be written, and it is not this bag. Name another folder.";
    DIGST_DANISH = 1210, "The Danish recommendations: title, description and documentation are in Danish too, so that those whom the data is for can read what it is.";
    DIGST_LANGUAGE = 1211, "The Danish recommendations: the languages are named by standard codes, here BCP 47, so that programs can find them.";
    DIGST_CONTACT = 1212, "The Danish recommendations: publisher and contact are named, best with an e-mail or web address, so that users can ask and people in the data can withdraw.";
    DIGST_LICENCE = 1213, "The Danish recommendations: a licence says what the resource may be used for; sprogteknologi.dk recommends one as open as possible.";
    DIGST_STATEMENT = 1214, "The Danish recommendations: a data statement (Bender and Friedman 2018) makes bias visible. Answer the questions in [dataset.about.datasheet]; they become datablad.da.md and datasheet.en.md.";
    DIGST_DISCOVERY = 1215, "The Danish recommendations: subject, place, time and a landing page are part of the metadata, so that the resource is found in catalogues and its age and origin are plain.";
    DIGST_VERSION = 1216, "The Danish recommendations: each edition has its number, and tells what is new in it.";
    DIGST_FORMAT = 1217, "The Danish recommendations: open formats rather than proprietary ones, so that the data can be read in years to come and without buying a program.";
    DIGST_PLAIN = 1218, "The Danish recommendations: plain text rather than binary formats. Parquet is open and well documented, but not text; a copy as JSON lines or TSV is what the recommendation means.";
    DIGST_FILE_NAME = 1219, "The Danish recommendations: file names say what is in the files and do not depend on their folders, so that a file that was moved is still known.";
    DIGST_FOLDERS = 1220, "The Danish recommendations: folders are simple and not deep.";
    DIGST_METADATA = 1221, "The Danish recommendations: metadata and documentation lie beside the data, in JSON, with META-SHARE for what goes further. Build the dataset again with this program.";
    DIGST_SOUND = 1222, "The Danish recommendations: sound is WAV or FLAC, without loss, at 8, 16, 20, 22.05, 44.1 or 48 kHz.";
    BASE_URL = 1241, "The address under which a catalogue is published is no http(s) address, or has a query or fragment. Give one such as https://data.example.dk/sprog/.";
    CHUNKS_WRONG = 1120, "A file does not hold the columns that chunks.json lists, or chunks.json cannot be read. Fetch the files anew; without `--columns` chunks.json is not needed.";
    PARTIAL_WRONG = 1121, "PARTIAL.json says what was left out of a dataset when it was fetched, and it is not valid or of another dataset. Fetch the part anew.";
    DERIVED_ROWS = 1122, "The rows of a table cannot be taken up: a column that a build needs is not there. Take them from a folder that `sprog verify` finds whole.";
}

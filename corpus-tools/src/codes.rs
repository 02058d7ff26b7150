//! Stable codes of the program, `SPROG-2xxx`, and the table of all crates' codes.

use sprog_formats::Code;
use sprog_formats::codes::Explanation;

sprog_formats::codes! {
    RECIPE = 2001, "The recipe is not valid. The message names the line and what was expected there; `sprog new` writes one that is.";
    NO_INPUT = 2002, "A source's `files` match no file.";
    TEXT_MISSING = 2003, "A record has no text in the column that the recipe names, and was left out.";
    BAD_ID = 2004, "An id is empty, longer than 120 bytes or holds control characters; the record was left out.";
    AUDIO_MISSING = 2005, "The transcript names an audio file that is not there; the record was left out.";
    AUDIO_TOO_LONG = 2006, "The audio is longer than fits the memory given (`--mem`); the record was left out. Cut it into segments, or give more memory.";
    TRANSCRIPT_MISSING = 2007, "A recording has no transcript. It is kept, with no text.";
    STEP_FAILED = 2008, "A step could not be done on this record, which was left out.";
    TEXT_LOST = 2009, "Characters were lost to encoding damage before the text came here (U+FFFD, or `?` inside a word). Repair cannot know them; the row is kept as it is. Get the source again, or drop such rows with a filter.";
    NOT_CUT = 2010, "A recording was not cut at its silences because it has a transcript, which would have to be cut with it. The step `align` with `action = \"cut\"` does both.";
    TOKEN_IN_TEXT = 2011, "A text holds the token that ends documents, written out, and the tokenizer made that token of it: training would see two documents. `seq_lengths` and the indices say where they end. Take it out of the text, or drop such rows with a filter.";
    NOT_EXPORTED = 2012, "The table has what stands in the file, not the file's lines: a treebank read as a lexicon keeps no sentences, and full forms come of several tables. Take the file from where it was published; the table's `source` and dataset.json say where.";
    TOKEN_IDS = 2021, "A line of `sprog tokenizer decode` has no ids, or one that the tokenizer does not have. A line is {\"ids\": [1, 2]}, [1, 2] or 1 2; decode with the tokenizer that encoded.";
    TRANSCRIPT_DIGITS = 2022, "A transcript has digits, which can be said in many ways, so that no label can stand for them. Write them as they were said; what the preset `asr` could not read is left as it stood.";
    LEXICON_WORD = 2023, "A word of the lexicon has a character that is no label, and is not in lexicon.txt. Correct the word, or make the character a label.";
    POINTER = 2031, "No latest.json of a dataset is at the address, or it cannot be used. The address of a dataset is the folder that latest.json lies in, such as https://host/ds/<id>.";
    VERSION_UNKNOWN = 2032, "The dataset has no such version. The message lists those that there are.";
    MANIFEST_REFUSED = 2033, "The manifest is not the one that latest.json names, is of another dataset or version, or lists a file that may not be written. Nothing was brought; somebody may have tampered with it.";
    SIGNATURE_MISSING = 2034, "A public key was given, and the dataset is not signed. Ask the publisher, or fetch without --key and trust the server.";
    SIGNATURE_WRONG = 2035, "The signature over the manifest is not by the key given, or is of another dataset or version. Nothing was brought. Compare the key with the one that the publisher shows elsewhere.";
    SELECTION = 2036, "The dataset has no such config, split or column. The message lists those that there are.";
    SPACE = 2037, "The disk has too little room for what is to be fetched. Make room, or fetch a part.";
    IN_THE_WAY = 2038, "The folder for the dataset is there already with other content, and is never overwritten. Choose another folder, or move it away.";
    FILE_REFUSED = 2039, "A file came with other bytes than the manifest lists, from the address and every mirror. It was not kept.";
    SUBSET_PARENT = 2041, "Rows can be taken only from a published folder that is whole: every file as its manifest lists it.";
    SUBSET_RULES = 2042, "A table of rules stands for files, line by line, and gives them back byte for byte. With some rows left out it could not, so it is taken whole or not at all. Leave the config out, or query it with `sprog sql`.";
    SUBSET_EMPTY = 2043, "No row is left: the expression is true for none, or fits no config. Look at the names of columns and the spelling of values.";
    SUBSET_ASKED = 2044, "What was asked for does not fit the dataset: a config or column that is not there, an id or version that cannot be used, or the parent's own.";
    CATALOG_UNREACHABLE = 2080, "The front page of the catalogue cannot be had, so nothing else was asked for. Check the address, the host and its certificate.";
    CATALOG_LINK = 2081, "A page, pointer or manifest names something that the host does not have. Publish the dataset again or build the catalogue again, and upload all of it; names are case-sensitive.";
    CATALOG_FILE = 2082, "What the host has is not what the pointer or the manifest says of it: another size, another checksum, not valid, or not signed. Readers will refuse it. Upload the version again; sign it with `sprog publish --key`.";
    CATALOG_RANGES = 2083, "The host does not give parts of files as RFC 9110, section 14, has them. Live rows, clips and `--columns` need them; without them readers have to take whole files.";
    CATALOG_COMPRESSED = 2084, "The host or something ahead of it compresses Parquet files on the way. They are compressed already, and ranges of the compressed bytes are not ranges of the file. Turn it off for them.";
    CATALOG_CORS = 2085, "Pages of other sites may not read the files, or not see the fields that they need of the answer. The data are open; let everyone read them.";
    CATALOG_TYPE = 2086, "A file is sent with a Content-Type that is not its own. Browsers do not run scripts or use styles of the wrong type when `nosniff` is set, and programs choose their reader by it.";
    CATALOG_HEADERS = 2087, "A header that protects readers is missing or weaker than it can be. The catalogue's pages need no inline script and no other host, so the strictest policy fits.";
    CATALOG_CACHE = 2088, "Files are kept too long or not long enough by browsers and caches. A version never changes and may be kept for ever; latest.json is how readers learn of a new one and must be asked for anew.";
    CATALOG_TLS = 2089, "The site is served over http. Anyone on the way can read and change it. Serve it over https and redirect http there.";
    PUBLISH_UNSOUND = 2051, "The folder is not as it was built, so that nothing was published. `sprog verify` lists what is wrong; build it again.";
    VERSION_TAKEN = 2052, "This version is published already with other bytes. A published version never changes: raise `version` in the recipe. If files of an unfinished publication are in the way, take that version's folder out of the root first.";
    KEY_IN_TREE = 2053, "The secret key lies in the dataset or in the root, where it would be given to everyone. Keep it elsewhere; if it has been published, make a new pair of keys.";
    PUBLISH_LOCKED = 2054, "Another run is publishing the same dataset into the same root. Wait until it is done and run the same command again.";
    ROOT_FOREIGN = 2055, "The root has something in a place of ours that is not ours. Nothing of it is overwritten: name another root, or take it away.";
    TARGET_INVALID = 2056, "It cannot be published there: `--to` is a folder outside the dataset, or s3://bucket/prefix in a sprog with feature s3. The server is that of AWS_ENDPOINT_URL, spoken to by https; by http only with --allow-http.";
    STORE_FAILED = 2057, "The storage did not answer or refused. Check AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and run the same command again: what is there is not sent again.";
    KEY_EXISTS = 2058, "A key file of that name is there, and a key is never overwritten. Choose another name.";
    NO_PASSWORD = 2059, "A password is needed for the secret key: set SPROG_SIGNING_PASSWORD, or run it on a terminal. `sprog keygen --no-password` makes a key without one.";
    ENVIRONMENT = 2100, "The machine refused: no space, no permission, no network, too few file handles. Mend that and run the same command again; finished work is kept.";
}

/// Danish explanations: `code<TAB>text`.
const DANISH: &str = include_str!("../data/codes.da.tsv");

/// The explanation of a code in Danish.
pub fn explain_da(code: Code) -> Option<&'static str> {
    let number = format!("{:04}\t", code.0);
    DANISH.lines().find_map(|line| line.strip_prefix(&number))
}

/// The codes that a message names, in its order, each once.
pub fn named_in(message: &str) -> Vec<Code> {
    let mut codes = Vec::new();
    for (at, prefix) in message.match_indices("SPROG-") {
        let digits = message.get(at + prefix.len()..at + prefix.len() + 4);
        let code = digits.and_then(|d| d.parse().ok()).map(Code);
        codes.extend(code.filter(|c| !codes.contains(c)));
    }
    codes
}

/// The explanation of a code, `SPROG-0101` or `101`.
pub fn explain(text: &str) -> Option<&'static Explanation> {
    let number: u16 = text.trim().trim_start_matches("SPROG-").parse().ok()?;
    all().find(|e| e.code == Code(number))
}

/// All explanations of all crates.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    sprog_formats::codes::ALL
        .iter()
        .chain(sprog_datasets::codes::ALL)
        .chain(ALL)
        .chain(crate::fetch::codes::ALL)
        .chain(sprog_text::codes::ALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_means_two_things() {
        let mut seen: Vec<u16> = all().map(|e| e.code.0).collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
        let danish: Vec<u16> = DANISH.lines().filter_map(|l| l.split_once('\t')?.0.parse().ok()).collect();
        assert_eq!(danish, seen, "every code is explained in Danish too, in order");
        assert!(all().all(|e| explain_da(e.code).is_some_and(|t| t.len() > 10)));
        assert_eq!(named_in("a [SPROG-0101], b [SPROG-0132], SPROG-0101"), [Code(101), Code(132)]);
        assert!(explain("SPROG-0132").is_some_and(|e| e.text.contains("DOCTYPE")));
    }
}

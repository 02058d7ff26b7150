//! Stable codes of this crate, `SPROG-3xxx`.

sprog_formats::codes! {
    TOKENIZER_JSON = 3001, "The file is not a tokenizer.json: it is cut off, not JSON, nested too deeply, or a part of it is missing or of the wrong kind. The message says which. Save it again from the program that made it.";
    TOKENIZER_VOCABULARY = 3002, "The vocabulary or the added tokens cannot be used: two tokens have the same id, or there are more than can be held.";
    TOKENIZER_MERGES = 3003, "A merge names a token that is not in the vocabulary, or makes one that is not in it, or is not a pair. Vocabulary and merges must come from the same training.";
    TOKENIZER_UNSUPPORTED = 3004, "This tokenizer cannot do what was asked: it needs the feature `tokenizers`, works on text and not on bytes, or failed on this text. The message says which.";
    TOKENIZER_TEXT = 3005, "A single word of the text is longer than can be encoded (1 GiB). Cut it first.";
    TRAIN_VOCAB_SIZE = 3031, "A vocabulary of this size cannot be trained: special tokens and alphabet alone take more, or there would be more ids than any model has. The message says what it may be.";
    TRAIN_SPECIAL_TOKEN = 3032, "A special token is empty or given twice, or WordPiece has no [UNK].";
    TRAIN_FAILED = 3033, "The trainer of Unigram failed on these words, as it does where there are few of them, or where the vocabulary is larger than they can fill. Give more text or ask for fewer tokens.";
    CTC_LABEL = 3051, "A label cannot have this name: it is empty, has white space or control characters in it, or is another label's. Choose another one for the blank, the unknown or the delimiter.";
    CTC_RARE = 3052, "Characters of the transcripts are too rare to be labels, and that was to be refused. Correct the transcripts, lower the number of occurrences that is asked for, or let rare characters be written with other letters.";
    CTC_SIZE = 3053, "Subword labels could not be trained: fewer were asked for than the transcripts have characters, or the transcripts have no words to learn from. Ask for more labels, or for more occurrences of a character.";
}

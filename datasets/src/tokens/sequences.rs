//! Batches of packed sequences.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, Int64Builder, ListBuilder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, SchemaRef};

use super::pack::Piece;
use super::sequence_schema;
use super::store::Reader;
use crate::schema::field;
use crate::{Error, Result};

/// Builds batches of the table of sequences, with the build's column `__bytes`.
pub struct SequenceBuilder {
    length: usize,
    pad: Option<u32>,
    input_ids: ListBuilder<Int32Builder>,
    seq_lengths: ListBuilder<Int32Builder>,
    document_ids: ListBuilder<StringBuilder>,
    bytes: Int64Builder,
    tokens: Vec<u8>,
}

impl SequenceBuilder {
    /// Sequences of at most `length` tokens, filled up with `pad` where it is given.
    pub fn new(length: u32, pad: Option<u32>) -> Self {
        let element = |data_type| field("element", data_type);
        SequenceBuilder {
            length: length as usize,
            pad,
            input_ids: ListBuilder::new(Int32Builder::new()).with_field(element(DataType::Int32)),
            seq_lengths: ListBuilder::new(Int32Builder::new()).with_field(element(DataType::Int32)),
            document_ids: ListBuilder::new(StringBuilder::new()).with_field(element(DataType::Utf8)),
            bytes: Int64Builder::new(),
            tokens: Vec::new(),
        }
    }

    /// Adds a sequence of these pieces, whose tokens `reader` has. Gives the tokens of padding.
    ///
    /// # Errors
    /// Those of reading.
    pub fn push(&mut self, pieces: &[Piece], reader: &mut Reader<'_>) -> Result<u64> {
        let mut count = 0;
        for piece in pieces {
            self.tokens.clear();
            reader.tokens(&piece.document, piece.start..piece.start + piece.len, &mut self.tokens)?;
            self.input_ids.values().extend(reader.width().ids(&self.tokens).map(|id| Some(id.cast_signed())));
            self.seq_lengths.values().append_value(piece.len.cast_signed());
            self.document_ids.values().append_value(reader.id(&piece.document)?);
            count += piece.len as usize;
        }
        let padding = self.pad.map_or(0, |_| self.length.saturating_sub(count));
        if let Some(pad) = self.pad {
            self.input_ids.values().append_value_n(pad.cast_signed(), padding);
        }
        self.input_ids.append(true);
        self.seq_lengths.append(true);
        self.document_ids.append(true);
        self.bytes.append_value(4 * (count + padding) as i64);
        Ok(padding as u64)
    }

    /// The batch; the builder is empty again.
    ///
    /// # Errors
    /// Never in practice: the columns are of one length.
    pub fn finish(&mut self) -> Result<RecordBatch> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.input_ids.finish()),
            Arc::new(self.seq_lengths.finish()),
            Arc::new(self.document_ids.finish()),
            Arc::new(self.bytes.finish()),
        ];
        RecordBatch::try_new(Self::schema(), columns).map_err(|e| Error::Invalid(e.to_string()))
    }

    /// The schema of the batches.
    pub fn schema() -> SchemaRef {
        let mut fields: Vec<_> = sequence_schema().fields().iter().cloned().collect();
        fields.push(field("__bytes", DataType::Int64));
        Arc::new(arrow::datatypes::Schema::new(fields))
    }
}

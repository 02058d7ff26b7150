//! Constant offsets of boundaries: where the model puts the start of a word, less where listeners (or a
//! synthesiser) put it, by the phones on both sides. Measured on other data, kept as a table.

use std::collections::BTreeMap;

use super::Error;
use super::frontend::FrontEndOptions;
use super::model::Alignment;
use super::words::{PhoneTable, SILENCE};

/// One word start with a known time.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Label of the phone before; `None` after silence or at the recording's start.
    pub before: Option<String>,
    /// Label of the word's first phone.
    pub phone: String,
    /// The model's time less the true time, seconds.
    pub error: f64,
}

/// Offsets in seconds. A pair of phones seen seldom leans on its second phone's offset, and that on the
/// offset of all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    origin: String,
    /// (before, phone); `_` is silence, `*` any but silence. `("*", "*")` and `("_", "*")` are the last resort.
    offsets: BTreeMap<(String, String), f64>,
}

const SILENT: &str = "_";
const ANY: &str = "*";

/// So many observations weigh as much as the coarser class.
const PRIOR: f64 = 8.0;

impl Calibration {
    /// Medians by class, drawn towards the coarser class where there are few.
    pub fn fit(observed: &[Observed], origin: &str) -> Calibration {
        let mut groups: [BTreeMap<(String, String), Vec<f64>>; 3] = Default::default();
        for o in observed.iter().filter(|o| o.error.is_finite()) {
            let side = if o.before.is_some() { ANY } else { SILENT };
            let keys = [
                Some((side.to_owned(), ANY.to_owned())),
                Some((side.to_owned(), o.phone.clone())),
                o.before.clone().map(|before| (before, o.phone.clone())),
            ];
            for (group, key) in groups.iter_mut().zip(keys) {
                if let Some(key) = key {
                    group.entry(key).or_default().push(o.error);
                }
            }
        }
        let mut offsets = BTreeMap::new();
        for (level, group) in groups.into_iter().enumerate() {
            for ((before, phone), mut errors) in group {
                errors.sort_by(f64::total_cmp);
                let median = errors[errors.len() / 2];
                let n = errors.len() as f64;
                let side = if before == SILENT { SILENT } else { ANY };
                let coarser = match level {
                    0 => None,
                    1 => offsets.get(&(side.to_owned(), ANY.to_owned())),
                    _ => offsets.get(&(side.to_owned(), phone.clone())),
                };
                let offset = coarser.map_or(median, |c: &f64| (n * median + PRIOR * c) / (n + PRIOR));
                if level < 2 || n >= 3.0 {
                    offsets.insert((before, phone), offset);
                }
            }
        }
        Calibration { origin: origin.to_owned(), offsets }
    }

    /// The offset of a boundary, seconds: to be taken from the model's time.
    pub fn offset(&self, before: Option<&str>, phone: &str) -> f64 {
        let side = if before.is_some() { ANY } else { SILENT };
        let find = |a: &str, b: &str| self.offsets.get(&(a.to_owned(), b.to_owned())).copied();
        before
            .and_then(|b| find(b, phone))
            .or_else(|| find(side, phone))
            .or_else(|| find(side, ANY))
            .unwrap_or(0.0)
    }

    /// The table of this crate: from synthetic Danish speech in six voices, aligned by models of phones.
    pub fn built_in() -> Calibration {
        Calibration::from_tsv(include_str!("../../data/align/boundary_offsets.tsv")).unwrap_or_default()
    }

    /// Where it was measured.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Start of each word in seconds, offsets taken away, never before 0, nor before the word before it.
    pub fn starts(
        &self,
        alignment: &Alignment,
        phones: &PhoneTable,
        front_end: &FrontEndOptions,
    ) -> Vec<f64> {
        let shift = front_end.shift_samples() as f64 / 16_000.0;
        let mut floor = 0.0;
        let mut before = None;
        let mut starts = Vec::with_capacity(alignment.words.len());
        for word in &alignment.words {
            let time = word.start as f64 * shift;
            let start = match word.phones.first() {
                Some(first) => {
                    let left = if word.after_silence { None } else { before.filter(|p| *p != SILENCE) };
                    time - self.offset(left.map(|p| phones.name(p)), phones.name(first.phone))
                }
                None => time,
            };
            floor = start.max(floor).min((word.end as f64 * shift).max(floor));
            starts.push(floor);
            before = word.phones.last().map(|p| p.phone);
        }
        starts
    }

    /// As text: a line with the origin, then `before<TAB>phone<TAB>milliseconds`.
    pub fn to_tsv(&self) -> String {
        let mut out = format!("# {}\nbefore\tphone\tms\n", self.origin.replace('\n', " "));
        for ((before, phone), offset) in &self.offsets {
            out.push_str(&format!("{before}\t{phone}\t{:.1}\n", offset * 1000.0));
        }
        out
    }

    /// From [`Calibration::to_tsv`].
    ///
    /// # Errors
    /// [`Error::Option`] that names the line.
    pub fn from_tsv(text: &str) -> Result<Calibration, Error> {
        let mut table = Calibration::default();
        for (index, line) in text.lines().enumerate() {
            if let Some(origin) = line.strip_prefix("# ") {
                table.origin = origin.to_owned();
                continue;
            }
            if line.is_empty() || line == "before\tphone\tms" {
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let value = fields.get(2).and_then(|v| v.parse::<f64>().ok()).filter(|v| v.abs() <= 1000.0);
            let (&[before, phone, _], Some(ms)) = (fields.as_slice(), value) else {
                return Err(Error::Option {
                    name: "calibration",
                    reason: format!("line {} is not before, phone, milliseconds", index + 1),
                });
            };
            table.offsets.insert((before.to_owned(), phone.to_owned()), ms / 1000.0);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(before: Option<&str>, phone: &str, error: f64) -> Observed {
        Observed { before: before.map(str::to_owned), phone: phone.to_owned(), error }
    }

    #[test]
    fn offsets_are_medians_and_seldom_pairs_lean_on_the_phone() {
        let mut observed = vec![seen(None, "t", -0.010); 50];
        observed.extend(vec![seen(Some("a"), "t", -0.040); 50]);
        observed.extend(vec![seen(Some("s"), "t", 0.0); 4]);
        let table = Calibration::fit(&observed, "made up");
        assert!((table.offset(None, "t") + 0.010).abs() < 1e-9);
        assert!((table.offset(Some("a"), "t") + 0.040).abs() < 1e-9);
        let seldom = table.offset(Some("s"), "t");
        assert!(seldom < -0.02 && seldom > -0.04, "{seldom}");
        assert_eq!(table.offset(Some("x"), "t"), table.offset(Some("y"), "t"));
        assert!((table.offset(Some("x"), "q") + 0.040).abs() < 1e-9);
        assert_eq!(Calibration::default().offset(None, "q"), 0.0);
    }

    #[test]
    fn the_built_in_table_is_read() {
        assert!(Calibration::built_in().offsets.len() > 50 && !Calibration::built_in().origin().is_empty());
    }

    #[test]
    fn a_table_survives_as_text_and_a_bad_line_is_named() {
        let table = Calibration::fit(&[seen(None, "t", -0.0104), seen(Some("a"), "b", 0.02)], "made up");
        let back = Calibration::from_tsv(&table.to_tsv()).unwrap();
        assert_eq!(back.origin(), "made up");
        assert!((back.offset(None, "t") - table.offset(None, "t")).abs() < 1e-4);
        let error = Calibration::from_tsv("# x\na\tb\tc\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}

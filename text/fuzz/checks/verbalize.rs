//! What holds of verbalize and itn for any bytes.

/// Runs both kernels on `data`, read as UTF-8 with faults replaced, and checks what any text must keep.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for max_readings in [1, 64] {
        let options = sprog_text::verbalize::Options { max_readings };
        let spoken = sprog_text::verbalize::verbalize(&text, &options);
        let spans = spoken
            .spans
            .iter()
            .map(|span| (span.range.clone(), span.spoken.as_str(), span.readings.as_slice()));
        check_spans(&text, &spoken.spoken, &spoken.readings, max_readings, spans.collect());

        let written = sprog_text::itn::itn(&text, &options);
        let spans = written
            .spans
            .iter()
            .map(|span| (span.range.clone(), span.written.as_str(), span.readings.as_slice()));
        check_spans(&text, &written.written, &written.readings, max_readings, spans.collect());
        // What was said can always be heard.
        sprog_text::itn::itn(&spoken.spoken, &options);
    }
}

type Part<'t> = (std::ops::Range<usize>, &'t str, &'t [String]);

fn check_spans(text: &str, output: &str, readings: &[String], max_readings: usize, spans: Vec<Part>) {
    let mut rebuilt = String::new();
    let mut last = 0;
    for (range, form, span_readings) in spans {
        assert!(
            range.start >= last && range.start < range.end && range.end <= text.len(),
            "spans are in order"
        );
        assert_eq!(span_readings.first().map(String::as_str), Some(form), "the best reading is the first");
        rebuilt.push_str(&text[last..range.start]);
        rebuilt.push_str(form);
        last = range.end;
    }
    rebuilt.push_str(&text[last..]);
    let solid = |text: &str| text.replace(' ', "");
    assert_eq!(solid(&rebuilt), solid(output), "text between spans stays");
    assert_eq!(
        readings.first().map(String::as_str),
        Some(output),
        "the best reading of the whole is the first"
    );
    assert!(readings.len() <= max_readings.max(1), "readings are bounded");
}

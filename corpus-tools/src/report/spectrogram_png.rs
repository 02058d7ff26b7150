//! A spectrogram as a small palette PNG inside the page.

/// Colours from silence to the loudest level: paper, the page's accent, ink. Between them, straight lines.
const RAMP: [[f64; 3]; 3] = [[242.0, 246.0, 246.0], [15.0, 107.0, 112.0], [6.0, 22.0, 28.0]];

/// The picture as a `data:` URI; `None` where levels and size do not fit together.
///
/// `levels` go column by column, the lowest frequency first. The picture has time to the right and frequency
/// upwards, and each pixel's palette index is its level.
pub(crate) fn data_uri(levels: &[u8], columns: usize, rows: usize) -> Option<String> {
    if columns == 0 || rows == 0 || columns.checked_mul(rows) != Some(levels.len()) {
        return None;
    }
    let mut pixels = Vec::with_capacity(levels.len());
    for row in (0..rows).rev() {
        pixels.extend(levels.chunks_exact(rows).map(|column| column[row]));
    }
    let highest = levels.iter().copied().max().unwrap_or(0);
    let palette: Vec<u8> = (0..=highest).flat_map(colour).collect();

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, u32::try_from(columns).ok()?, u32::try_from(rows).ok()?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(format!("data:image/png;base64,{}", base64(&file)))
}

fn colour(level: u8) -> [u8; 3] {
    let place = f64::from(level) / 255.0 * 2.0;
    let (from, to, part) =
        if place < 1.0 { (RAMP[0], RAMP[1], place) } else { (RAMP[1], RAMP[2], place - 1.0) };
    [0, 1, 2].map(|i| (from[i] + (to[i] - from[i]) * part).round() as u8)
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit <= chunk.len() {
                out.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unbase64(text: &str) -> Vec<u8> {
        let value = |b: u8| match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        let bits: Vec<u8> = text
            .trim_end_matches('=')
            .bytes()
            .flat_map(|b| (0..6).rev().map(move |i| value(b) >> i & 1))
            .collect();
        bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit)).collect()
    }

    #[test]
    fn base64_gives_the_rfc_4648_examples() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn the_png_decodes_to_the_levels_that_went_in() {
        let (columns, rows) = (17, 16);
        let levels: Vec<u8> = (0..columns * rows).map(|i| (i * 7 % 256) as u8).collect();
        let uri = data_uri(&levels, columns, rows).expect("fits");
        let file = unbase64(uri.strip_prefix("data:image/png;base64,").expect("data URI"));
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::IDENTITY);
        let mut reader = decoder.read_info().expect("PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut pixels).expect("frame");
        assert_eq!((info.width, info.height, info.color_type), (17, 16, png::ColorType::Indexed));
        for column in 0..columns {
            for row in 0..rows {
                // The lowest frequency stands in the bottom line.
                assert_eq!(pixels[(rows - 1 - row) * columns + column], levels[column * rows + row]);
            }
        }
    }

    #[test]
    fn levels_that_do_not_fill_the_picture_give_none() {
        assert_eq!(data_uri(&[1, 2, 3], 2, 2), None);
        assert_eq!(data_uri(&[], 0, 0), None);
        assert_eq!(data_uri(&[1], usize::MAX, 2), None);
    }

    #[test]
    fn the_ramp_darkens_from_paper_to_ink() {
        assert_eq!((colour(0), colour(255)), ([242, 246, 246], [6, 22, 28]));
        assert!((1..=255).all(|l| colour(l)[1] <= colour(l - 1)[1]));
    }
}

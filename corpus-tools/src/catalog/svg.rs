//! Figures of [`crate::report::plot`] on a page of the catalogue: their names and descriptions by reference.

/// A figure whose `<title>` is its accessible name and whose `<desc>` is its description.
///
/// Not every screen reader takes them from the elements alone, so they are referred to. `id` must be the only one of
/// its kind on the page. Dataset text in a figure is escaped, so the first of each mark is the figure's own.
pub(crate) fn labelled(id: &str, svg: &str) -> String {
    let refers = format!("role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\"");
    svg.replacen("role=\"img\"", &refers, 1)
        .replacen("<title>", &format!("<title id=\"{id}-title\">"), 1)
        .replacen("<desc>", &format!("<desc id=\"{id}-desc\">"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::{Bar, bars};

    #[test]
    fn a_figure_names_its_title_and_description_once() {
        let bar = |label: &str| Bar { label: label.into(), value: 1.0, shown: "1".into() };
        let svg = labelled("figure-1", &bars("T <title>", &[bar("<desc>role=\"img\""), bar("b")]));
        for once in ["<title id=\"figure-1-title\">T ", "<desc id=\"figure-1-desc\">"] {
            assert_eq!(svg.matches(once).count(), 1, "{svg}");
        }
        assert_eq!(svg.matches(" id=").count(), 2, "{svg}");
        assert!(svg.starts_with("<svg class=\"plot bars\" role=\"img\" aria-labelledby=\"figure-1-title\""));
        assert!(!svg.contains("style="), "{svg}");
    }
}

//! Pictures: SVG that needs no script, says in words what it shows, and can be read by everybody. The same facts are
//! always the same bytes.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header};
use svg::{
    Document, Node,
    node::{
        Text as Words,
        element::{Description, Group, Rectangle, Text, Title},
    },
};
use utoipa::openapi::{
    ObjectBuilder, RefOr,
    schema::{Schema, Type},
};

use super::reply;

/// 200: a picture; 304 when the caller has it already.
pub struct Picture(String);

/// An SVG document, as the API's description has it.
pub struct SvgDocument;

impl utoipa::PartialSchema for SvgDocument {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(1_000_000))
            .examples([r#"<svg xmlns="http://www.w3.org/2000/svg" role="img"/>"#])
            .into()
    }
}
impl utoipa::ToSchema for SvgDocument {}

impl Responder for Picture {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = reply::fresh_text(request, "image/svg+xml", 0, self.0);
        // Opened on its own, a picture may show itself and do nothing else.
        let policy = header::HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    }
}

/// A place and a size, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// To the right.
    pub width: i32,
    /// Downwards.
    pub height: i32,
}

/// How a line of words stands.
#[derive(Clone, Copy, Debug)]
pub struct Font {
    /// The height of its letters, in pixels.
    pub size: i32,
    /// Where its place is: `start`, `middle` or `end`.
    pub anchor: &'static str,
    /// Whether it is bold.
    pub bold: bool,
    /// Its colour.
    pub ink: &'static str,
    /// Whether it stands out from what it crosses, by a white edge.
    pub edged: bool,
}

/// A picture being drawn, or a part of one that says in words what it shows.
pub struct Drawing<N>(N);

/// A new picture with its name and what it shows.
pub fn drawing(width: i32, height: i32, title: &str, description: &str) -> Drawing<Document> {
    let document = Document::new()
        .set("role", "img")
        .set("aria-labelledby", "title description")
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Title::new(plain(title)).set("id", "title"))
        .add(Description::new().set("id", "description").add(Words::new(plain(description))));
    let paper = Frame { x: 0, y: 0, width, height };
    Drawing(document).rectangle(paper, "#ffffff", None)
}

impl<N: Node> Drawing<N> {
    /// Adds a rectangle, with a border of so many pixels where one is given.
    pub fn rectangle(mut self, frame: Frame, fill: &str, border: Option<i32>) -> Self {
        let mut one = Rectangle::new()
            .set("x", frame.x)
            .set("y", frame.y)
            .set("width", frame.width)
            .set("height", frame.height)
            .set("fill", fill);
        if let Some(border) = border {
            one = one.set("stroke", "#000000").set("stroke-width", border);
        }
        self.0.append(one);
        self
    }

    /// Adds a line of words, shortened to so many characters.
    pub fn words(mut self, (x, y): (i32, i32), font: Font, most: usize, words: &str) -> Self {
        let mut one = Text::new(shortened(&plain(words), most))
            .set("x", x)
            .set("y", y)
            .set("font-size", font.size)
            .set("text-anchor", font.anchor)
            .set("fill", font.ink);
        if font.bold {
            one = one.set("font-weight", "bold");
        }
        if font.edged {
            one = one.set("stroke", "#ffffff").set("stroke-width", 5).set("paint-order", "stroke");
        }
        self.0.append(one);
        self
    }

    /// Adds a part that says in words what it shows.
    pub fn part(mut self, says: &str, draw: impl FnOnce(Drawing<Group>) -> Drawing<Group>) -> Self {
        let group = Drawing(Group::new().add(Title::new(plain(says))));
        self.0.append(draw(group).0);
        self
    }
}

impl Drawing<Document> {
    /// The finished picture.
    pub fn finish(self) -> Picture {
        Picture(self.0.to_string() + "\n")
    }
}

impl Picture {
    /// The SVG itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Black or white, whichever is easier to read on this colour (`#rrggbb`). One of the two always has a contrast of 4.5
/// to 1 or more, as WCAG 2 asks for at level AA.
pub fn ink_on(fill: &str) -> &'static str {
    let light = luminance(fill);
    let (on_black, on_white) = ((light + 0.05) / 0.05, 1.05 / (light + 0.05));
    if on_black >= on_white { "#000000" } else { "#ffffff" }
}

/// The relative luminance of `#rrggbb`, by WCAG 2; what is no colour counts as white.
fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let byte = color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(255);
        let share = f64::from(byte) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn shortened(words: &str, most: usize) -> String {
    if words.chars().count() <= most {
        return words.to_owned();
    }
    words.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// XML has no place for control characters, however they are written.
fn plain(words: &str) -> String {
    let fits = |c: char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    words.chars().map(|c| if fits(c) { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: Font = Font { size: 12, anchor: "start", bold: false, ink: "#000000", edged: false };

    #[test]
    fn words_stay_words() {
        let drawn = drawing(10, 10, "A & B", "<script>alert(1)</script>")
            .part("\"quoted\"", |part| part.words((1, 2), FONT, 5, "a\u{1}<bcdefgh"))
            .finish();
        let text = drawn.as_str();
        assert!(text.contains("A &amp; B") && !text.contains("<script"), "{text}");
        assert!(text.contains("a &lt;b…"), "{text}");
    }

    #[test]
    fn ink_can_be_read_on_every_colour() {
        for n in 0..=0xfff_u32 {
            let (r, g, b) = (n >> 8, n >> 4 & 15, n & 15);
            let fill = format!("#{r:x}{r:x}{g:x}{g:x}{b:x}{b:x}");
            let (one, other) = (luminance(&fill), luminance(ink_on(&fill)));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= 4.5, "{fill}: {contrast}");
        }
    }
}

//! Representations: bytes to deliver, ready compressed, with the headers that every delivery needs.

use std::io::Write;

use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ContentEncoding, ETAG, Encoding,
    EntityTag, Header, IF_NONE_MATCH, IfNoneMatch, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use sha2::{Digest, Sha256};

/// For what has its content's hash in its name.
pub const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// How hard to try to make something small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// For what is made rarely and delivered often.
    Best,
    /// For what is made for one delivery.
    Quick,
}

/// One thing that is delivered, in each of its encodings.
#[derive(Clone, Debug)]
pub struct Representation {
    content_type: &'static str,
    /// Of the bytes as they are, before any encoding.
    hash: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Representation {
    pub fn compressed(content_type: &'static str, plain: impl Into<Bytes>, effort: Effort) -> Self {
        let plain = plain.into();
        let (brotli, gzip) = (Some(brotli(&plain, effort)), Some(gzip(&plain, effort)));
        Self::precompressed(content_type, plain, brotli, gzip)
    }

    /// Takes what was compressed when it was built.
    pub fn precompressed(content_type: &'static str, plain: Bytes, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Self {
        let hash = content_hash(&plain);
        // What compression does not make smaller, a picture, is not worth unpacking.
        let smaller = |encoded: &Bytes| encoded.len() < plain.len();
        Self { content_type, hash, brotli: brotli.filter(smaller), gzip: gzip.filter(smaller), plain }
    }

    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    pub fn plain(&self) -> &Bytes {
        &self.plain
    }

    /// Answers a request for it: 304 if the browser has it, else in the best encoding that the browser takes.
    pub fn respond(&self, request: &HttpRequest, cache_control: &str) -> HttpResponse {
        let (encoding, bytes) = self.negotiate(request);
        // Each encoding is another sequence of bytes, so a strong tag must tell them apart.
        let tag = EntityTag::new_strong(format!("{}-{}", self.hash, encoding.as_str()));
        if already_has(request, &tag) {
            return common_headers(HttpResponse::NotModified(), &tag, cache_control).finish();
        }
        let mut response = common_headers(HttpResponse::Ok(), &tag, cache_control);
        response.insert_header((CONTENT_TYPE, self.content_type));
        if encoding != ContentEncoding::Identity {
            response.insert_header((CONTENT_ENCODING, encoding.as_str()));
        }
        response.body(bytes.clone())
    }

    fn negotiate(&self, request: &HttpRequest) -> (ContentEncoding, &Bytes) {
        let offered = [
            (ContentEncoding::Brotli, self.brotli.as_ref()),
            (ContentEncoding::Gzip, self.gzip.as_ref()),
            (ContentEncoding::Identity, Some(&self.plain)),
        ];
        let offered = || offered.iter().filter_map(|(encoding, bytes)| Some((*encoding, (*bytes)?)));
        let names: Vec<Encoding> = offered().map(|(encoding, _)| Encoding::Known(encoding)).collect();
        let wanted = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(names.iter()));
        // Who takes nothing that there is gets it plain, as RFC 9110 (12.5.3) suggests.
        offered()
            .find(|(encoding, _)| wanted == Some(Encoding::Known(*encoding)))
            .unwrap_or((ContentEncoding::Identity, &self.plain))
    }
}

fn common_headers(mut response: HttpResponseBuilder, tag: &EntityTag, cache_control: &str) -> HttpResponseBuilder {
    response
        .insert_header((CACHE_CONTROL, cache_control))
        .insert_header((VARY, ACCEPT_ENCODING.as_str()))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((ETAG, tag.to_string()));
    response
}

/// Whether whoever asks has what this tag stands for.
pub fn already_has(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|theirs| theirs.weak_eq(tag)),
        Err(_) => false,
    }
}

/// The first 64 bits of the content's SHA-256, in hexadecimal: enough to tell contents apart that one operator publishes.
pub fn content_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn brotli(plain: &[u8], effort: Effort) -> Bytes {
    let quality = if effort == Effort::Best { 11 } else { 4 };
    let parameters = brotli::enc::BrotliEncoderParams { quality, size_hint: plain.len(), ..Default::default() };
    let mut encoded = Vec::new();
    // In memory nothing can fail; if it did, what is not smaller is not delivered.
    match brotli::BrotliCompress(&mut &plain[..], &mut encoded, &parameters) {
        Ok(_) => encoded.into(),
        Err(_) => Bytes::copy_from_slice(plain),
    }
}

fn gzip(plain: &[u8], effort: Effort) -> Bytes {
    let level = if effort == Effort::Best { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    match encoder.write_all(plain).and_then(|()| encoder.finish()) {
        Ok(encoded) => encoded.into(),
        Err(_) => Bytes::copy_from_slice(plain),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::{StatusCode, header};
    use actix_web::test::TestRequest;

    use super::*;

    fn answer(accept_encoding: &str, if_none_match: &str) -> HttpResponse {
        let script = Representation::compressed("text/javascript", "x".repeat(1_000), Effort::Best);
        let mut request = TestRequest::default();
        for (name, value) in [(ACCEPT_ENCODING, accept_encoding), (IF_NONE_MATCH, if_none_match)] {
            if !value.is_empty() {
                request = request.insert_header((name, value));
            }
        }
        script.respond(&request.to_http_request(), IMMUTABLE)
    }

    fn header(response: &HttpResponse, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_browser_gets_the_smallest_encoding_that_it_takes() {
        assert_eq!(header(&answer("gzip, deflate, br, zstd", ""), CONTENT_ENCODING), "br");
        assert_eq!(header(&answer("gzip, br;q=0", ""), CONTENT_ENCODING), "gzip");
        assert_eq!(header(&answer("", ""), CONTENT_ENCODING), "");
        assert_eq!(header(&answer("zstd", ""), CONTENT_ENCODING), "");
    }

    #[test]
    fn a_browser_that_has_it_is_told_so_in_its_own_encoding() {
        let tag = header(&answer("br", ""), ETAG).to_owned();
        let again = answer("br", &tag);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&again, VARY), "accept-encoding");
        assert_eq!(answer("gzip", &tag).status(), StatusCode::OK);
    }

    #[test]
    fn what_does_not_shrink_is_delivered_as_it_is() {
        let tiny = Representation::compressed("image/png", "x", Effort::Best);
        let request = TestRequest::default().insert_header((ACCEPT_ENCODING, "br")).to_http_request();
        assert_eq!(header(&tiny.respond(&request, IMMUTABLE), CONTENT_ENCODING), "");
    }
}

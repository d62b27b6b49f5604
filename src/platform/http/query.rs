//! Query parameters and path ids: strict, and told where they are wrong.

use std::{future::Ready, str::FromStr};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::kernel::{
    error::{Code, Error, Result},
    page::{PageParams, PageRequest, SortOrder},
    text,
};

/// A list without filters.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// Query parameters that are not a list's.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(pairs(request).and_then(|pairs| read(&pairs)).map(Self))
    }
}

/// How something is recorded.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct DryRun {
    /// Only tell what would change, and write nothing.
    pub dry_run: bool,
}

/// What a list is asked: its filter and its page.
pub struct List<F, S> {
    /// Which rows.
    pub filter: F,
    /// Which page of them, in which order.
    pub page: PageRequest<S>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sort<S> {
    sort: S,
}

impl<F: DeserializeOwned + Serialize, S: SortOrder> FromRequest for List<F, S> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(list(request))
    }
}

/// serde's `flatten` would let unknown names through, so the pairs are dealt out by name first.
fn list<F: DeserializeOwned + Serialize, S: SortOrder>(request: &HttpRequest) -> Result<List<F, S>> {
    let (mut page, mut sort, mut filter) = (Vec::new(), Vec::new(), Vec::new());
    for pair in pairs(request)? {
        match pair.0.as_str() {
            "limit" | "cursor" | "count" => page.push(pair),
            "sort" => sort.push(pair),
            _ => filter.push(pair),
        }
    }
    let filter: F = read(&filter)?;
    let sort = if sort.is_empty() { None } else { Some(read::<Sort<S>>(&sort)?.sort) };
    let page = PageRequest::new(&read::<PageParams>(&page)?, sort, &filter)?;
    Ok(List { filter, page })
}

fn pairs(request: &HttpRequest) -> Result<Vec<(String, String)>> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(request.query_string())
        .map_err(|_| Error::new(Code::InvalidParameter, "the query string is not valid"))?;
    // A blank value would read as none, and the filter would be silently ignored.
    let wrong = pairs.iter().find_map(|(name, value)| Some((name, text::fault(value, 1, usize::MAX)?)));
    match wrong {
        Some((name, fault)) => Err(Error::at(Code::InvalidParameter, name.clone(), fault)),
        None => Ok(pairs),
    }
}

fn read<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T> {
    let text = serde_html_form::to_string(pairs).map_err(Error::internal)?;
    let form = serde_html_form::Deserializer::from_bytes(text.as_bytes());
    serde_path_to_error::deserialize(form).map_err(|error| {
        let name = error.path().to_string();
        let detail = error.into_inner().to_string();
        if detail.starts_with("unknown field") {
            Error::at(Code::UnknownParameter, name, detail.replacen("field", "parameter", 1))
        } else {
            Error::at(Code::InvalidParameter, name, detail)
        }
    })
}

/// The first id of a path. What is not an id of this kind names nothing: 404.
pub struct PathId<T>(pub T);
/// The second id of a path: of something that belongs to the first.
pub struct ChildId<T>(pub T);

impl<T: FromStr> FromRequest for PathId<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(nth_id(request, 0).map(Self))
    }
}

impl<T: FromStr> FromRequest for ChildId<T> {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(nth_id(request, 1).map(Self))
    }
}

fn nth_id<T: FromStr>(request: &HttpRequest, n: usize) -> Result<T> {
    let text = request.match_info().iter().nth(n).map_or("", |(_, text)| text);
    text.parse().map_err(|_| Error::not_found("resource with this id"))
}

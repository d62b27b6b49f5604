//! Keyset pages: a list is read from where the last page ended, never by number.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::error::{Code, Error, Result};

/// Rows of a page where none are asked for.
pub const DEFAULT_LIMIT: u32 = 50;
/// Rows of a page at the most.
pub const MAX_LIMIT: u32 = 200;
const CURSOR_VERSION: u8 = 1;

/// A closed list of sort orders; the first is the default.
pub trait SortOrder: Copy + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The order where none is asked for.
    const DEFAULT: Self;
}

/// How a caller asks for a page (`sort` beside it is the list's own).
#[derive(Clone, Debug, Default, Deserialize, Serialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Rows at the most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before, with the same filters and sort.
    #[param(max_length = 2000, pattern = r"^[0-9]{1,3}\.[A-Za-z0-9_-]+\.[0-9a-f]{8}$")]
    pub cursor: Option<String>,
    /// Whether to count all rows that match, in `total`.
    #[param(default = false)]
    pub count: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    f: String,
    k: serde_json::Value,
    id: String,
}

/// A page to read: checked, with its sort and the place to start after.
#[derive(Clone, Debug)]
pub struct PageRequest<S> {
    /// The order of rows.
    pub sort: S,
    /// Whether to count all rows that match.
    pub count: bool,
    limit: u32,
    after: Option<(serde_json::Value, String)>,
    fingerprint: String,
}

impl<S: SortOrder> PageRequest<S> {
    /// Checks limit and cursor against the list's filter and sort.
    ///
    /// # Errors
    /// [`Code::InvalidParameter`] for a limit out of bounds, [`Code::InvalidCursor`] for a foreign cursor,
    /// [`Code::Unprocessable`] for one that was never given.
    pub fn new(params: &PageParams, sort: Option<S>, filter: &impl Serialize) -> Result<Self> {
        let limit = limit("limit", params.limit)?;
        let sort = sort.unwrap_or(S::DEFAULT);
        let fingerprint = fingerprint(&sort, filter);
        let after = params.cursor.as_deref().map(|c| open_cursor(c, &fingerprint)).transpose()?;
        Ok(Self { sort, count: params.count.unwrap_or(false), limit, after, fingerprint })
    }

    /// Rows to fetch: one more than asked for, which tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The sort key and id of the last row of the page before.
    ///
    /// # Errors
    /// [`Code::InvalidCursor`] when the cursor holds a key of another type.
    pub fn after<K: DeserializeOwned, I: std::str::FromStr>(&self) -> Result<Option<(K, I)>> {
        let Some((key, id)) = &self.after else { return Ok(None) };
        let key = serde_json::from_value(key.clone()).map_err(|_| bad_cursor())?;
        Ok(Some((key, id.parse().map_err(|_| bad_cursor())?)))
    }

    /// The page from the rows fetched; `place` tells a row's sort key and id.
    pub fn page<T, K: Serialize>(
        &self,
        mut rows: Vec<T>,
        total: Option<i64>,
        place: impl Fn(&T) -> (K, String),
    ) -> Page<T> {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next_cursor = rows.last().filter(|_| more).map(|row| self.cursor(&place(row)));
        Page { data: rows, next_cursor, total }
    }

    /// The cursor that stands after a row with this sort key and id.
    pub fn cursor<K: Serialize>(&self, (key, id): &(K, String)) -> String {
        let cursor = Cursor {
            f: self.fingerprint.clone(),
            k: serde_json::to_value(key).unwrap_or_default(),
            id: id.clone(),
        };
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default());
        format!("{CURSOR_VERSION}.{payload}.{}", checksum(&payload))
    }
}

/// How many rows are shown at the most, as the parameter of this name asks for.
///
/// # Errors
/// [`Code::InvalidParameter`] for a number out of bounds.
pub fn limit(name: &str, asked: Option<u32>) -> Result<u32> {
    let limit = asked.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::at(Code::InvalidParameter, name, format!("must be from 1 to {MAX_LIMIT}")));
    }
    Ok(limit)
}

fn fingerprint(sort: &impl Serialize, filter: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(&(sort, filter)).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..9])
}

/// Tells a cursor of another list from one that was never given: the checksum guards against slips, not attacks.
fn checksum(payload: &str) -> String {
    Sha256::digest(payload)[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn open_cursor(text: &str, fingerprint: &str) -> Result<(serde_json::Value, String)> {
    let (version, rest) = text.split_once('.').ok_or_else(bad_cursor)?;
    let (payload, sum) = rest.split_once('.').ok_or_else(bad_cursor)?;
    if sum != checksum(payload) {
        return Err(Error::at(Code::Unprocessable, "cursor", "was not given by this service"));
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| bad_cursor())?;
    let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| bad_cursor())?;
    if version.parse() != Ok(CURSOR_VERSION) || cursor.f != fingerprint {
        return Err(bad_cursor());
    }
    Ok((cursor.k, cursor.id))
}

fn bad_cursor() -> Error {
    Error::at(Code::InvalidCursor, "cursor", "is not a cursor of this list with these filters and this sort")
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the order asked for: `limit` at the most, or all of a list that is not paged.
    #[schema(max_items = 200)]
    pub data: Vec<T>,
    /// Where the next page starts; null on the last.
    #[schema(max_length = 2000)]
    pub next_cursor: Option<String>,
    /// How many rows match in all; null unless `count=true`.
    #[schema(minimum = 0)]
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// All rows of a list that is always short enough for one page.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, next_cursor: None, total: None }
    }
}

/// Narrows a boxed query to one page by a sort column and the id: `>=` on the column lets the index find the
/// start, the second condition steps over ties. Answers the query inside `Ok`.
#[macro_export]
macro_rules! keyset {
    ($query:expr, $page:expr, asc, $column:expr => $key:ty, $id:expr => $idty:ty) => {
        match $page.after::<$key, $idty>()? {
            Some((key, id)) => $query
                .filter($column.ge(key.clone()).and($column.gt(key).or($id.gt(id))))
                .order(($column.asc(), $id.asc())),
            None => $query.order(($column.asc(), $id.asc())),
        }
        .limit($page.fetch())
    };
    ($query:expr, $page:expr, desc, $column:expr => $key:ty, $id:expr => $idty:ty) => {
        match $page.after::<$key, $idty>()? {
            Some((key, id)) => $query
                .filter($column.le(key.clone()).and($column.lt(key).or($id.lt(id))))
                .order(($column.desc(), $id.desc())),
            None => $query.order(($column.desc(), $id.desc())),
        }
        .limit($page.fetch())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    enum Order {
        Code,
        Age,
    }
    impl SortOrder for Order {
        const DEFAULT: Self = Order::Code;
    }

    fn request(cursor: Option<String>, sort: Order, filter: &str) -> Result<PageRequest<Order>> {
        PageRequest::new(&PageParams { limit: Some(2), cursor, count: None }, Some(sort), &filter)
    }

    #[test]
    fn the_extra_row_becomes_the_cursor_and_not_data() {
        let page = request(None, Order::Code, "").unwrap().page(vec![1, 2, 3], None, |n| (*n, n.to_string()));
        assert_eq!(page.data, [1, 2]);
        let next = request(page.next_cursor, Order::Code, "").unwrap();
        assert_eq!(next.after::<i32, i32>().unwrap(), Some((2, 2)));
        assert_eq!(next.page(vec![3], None, |n| (*n, n.to_string())).next_cursor, None);
    }

    #[test]
    fn a_cursor_belongs_to_its_sort_and_filter() {
        let cursor = request(None, Order::Code, "a").unwrap().cursor(&("k", "1".to_owned()));
        assert!(request(Some(cursor.clone()), Order::Code, "a").is_ok());
        for wrong in [request(Some(cursor.clone()), Order::Age, "a"), request(Some(cursor), Order::Code, "b")]
        {
            assert_eq!(wrong.unwrap_err().code(), Code::InvalidCursor);
        }
    }

    #[test]
    fn a_cursor_that_was_never_given_is_told_from_one_of_another_list() {
        let given = request(None, Order::Code, "").unwrap().cursor(&("k", "1".to_owned()));
        let forged = given.replacen('.', ".A", 1);
        let code = |cursor: &str| request(Some(cursor.to_owned()), Order::Code, "").unwrap_err().code();
        assert_eq!(code(&forged), Code::Unprocessable);
        assert_eq!(code("garbage"), Code::InvalidCursor);
    }

    #[test]
    fn limits_are_bounded() {
        for limit in [0, 201] {
            let params = PageParams { limit: Some(limit), ..PageParams::default() };
            let refused = PageRequest::<Order>::new(&params, None, &());
            assert_eq!(refused.unwrap_err().code(), Code::InvalidParameter);
        }
    }
}

//! The columns of each kind of file, and which column of a stranger's file means which.

use std::collections::BTreeMap;

/// What a file is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Items with their barcodes.
    Items,
    /// Codes of channels and what they mean.
    Listings,
    /// Nodes.
    Nodes,
    /// Stock: what the book says, and what it is to say.
    Stock,
}

/// A column that we know.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Our name for it, as export writes it.
    pub name: &'static str,
    /// Other names it goes by.
    pub others: &'static [&'static str],
    /// True where no file can do without it.
    pub is_required: bool,
    /// True where its cells are whole numbers.
    pub is_number: bool,
}

const fn must(name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, is_required: true, is_number: false }
}

const fn may(name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, is_required: false, is_number: false }
}

const fn count(name: &'static str, others: &'static [&'static str]) -> Field {
    Field { name, others, is_required: false, is_number: true }
}

const ITEMS: &[Field] = &[
    must("sku", &["variant_sku", "item", "item_code", "article"]),
    may("title", &["name", "product", "description"]),
    may("barcodes", &["barcode", "gtin", "ean", "upc", "variant_barcode"]),
    count("weight_grams", &["weight", "grams", "variant_grams"]),
    count("length_mm", &["length"]),
    count("width_mm", &["width"]),
    count("height_mm", &["height"]),
    may("merchant", &["merchant_id", "seller"]),
];

const LISTINGS: &[Field] = &[
    must("channel", &["channel_code"]),
    must("external_code", &["code", "channel_sku", "listing"]),
    must("item", &["sku", "item_code", "barcode"]),
    count("pack_factor", &["pack", "units", "pack_size"]),
    may("also", &["components", "kit"]),
];

const NODES: &[Field] = &[
    must("code", &["node", "location", "location_code"]),
    must("name", &["title"]),
    must("kind", &["type"]),
    must("country", &["country_code"]),
    must("latitude", &["lat"]),
    must("longitude", &["lon", "lng"]),
    must("time_zone", &["timezone"]),
    may("zone", &["region_code"]),
    may("address_name", &["company"]),
    may("line1", &["address", "street", "address1"]),
    may("line2", &["address2"]),
    may("postal_code", &["zip", "postcode"]),
    may("city", &["town"]),
    may("region", &["state", "province"]),
    may("phone", &["telephone"]),
    may("can_ship", &["ships"]),
    may("can_pickup", &["pickup"]),
];

const STOCK: &[Field] = &[
    must("node", &["location", "node_code", "warehouse"]),
    must("item", &["sku", "item_code", "barcode", "variant_sku"]),
    count("on_hand_current", &["on_hand"]),
    count("on_hand_new", &["counted", "new_on_hand"]),
    count("available_current", &["available"]),
    count("available_new", &["new_available"]),
    may("reason", &["reason_code"]),
    may("note", &["notes", "comment"]),
    may("lot", &["batch", "lot_number"]),
];

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Items, Kind::Listings, Kind::Nodes, Kind::Stock];

    /// Its name in addresses and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Items => "items",
            Kind::Listings => "listings",
            Kind::Nodes => "nodes",
            Kind::Stock => "stock",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The operation that reads such a file.
    pub const fn import(self) -> &'static str {
        match self {
            Kind::Items => "import.items",
            Kind::Listings => "import.listings",
            Kind::Nodes => "import.nodes",
            Kind::Stock => "import.stock",
        }
    }

    /// What an operation of that name reads.
    pub fn of_import(operation: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.import() == operation)
    }

    /// Its columns, in the order export writes them.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Kind::Items => ITEMS,
            Kind::Listings => LISTINGS,
            Kind::Nodes => NODES,
            Kind::Stock => STOCK,
        }
    }
}

/// Which column of a file each of our columns is: places in the header.
pub type Map = BTreeMap<String, usize>;

/// Why a header will not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Columns that no file can do without.
    #[error("missing columns: {}; say which columns of the file they are", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// A column that was said to be one of ours, and is not there.
    #[error("the file has no column `{0}`")]
    NoSuchColumn(String),
    /// There is nothing that we call so.
    #[error("`{0}` is no column of these files")]
    UnknownField(String),
}

/// Matches a header by our names and the others, unless `said` says otherwise: our name to the file's, an empty one for
/// a column that is to be left out.
pub fn map(kind: Kind, header: &[String], said: &BTreeMap<String, String>) -> Result<Map, HeaderError> {
    if let Some(stranger) = said.keys().find(|name| kind.fields().iter().all(|field| field.name != *name)) {
        return Err(HeaderError::UnknownField(stranger.clone()));
    }
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let find = |wanted: &str| names.iter().position(|name| name == wanted);
    let mut map = Map::new();
    for field in kind.fields() {
        let place = match said.get(field.name) {
            Some(column) if column.is_empty() => None,
            Some(column) => {
                let place = header.iter().position(|name| name == column).or_else(|| find(&plain(column)));
                Some(place.ok_or_else(|| HeaderError::NoSuchColumn(column.clone()))?)
            }
            None => find(field.name).or_else(|| field.others.iter().find_map(|other| find(other))),
        };
        map.extend(place.map(|place| (field.name.to_owned(), place)));
    }
    let is_missing = |field: &&Field| field.is_required && !map.contains_key(field.name);
    let mut missing: Vec<&str> = kind.fields().iter().filter(is_missing).map(|field| field.name).collect();
    if kind == Kind::Stock && !map.contains_key("on_hand_new") && !map.contains_key("available_new") {
        missing.push("on_hand_new");
    }
    if missing.is_empty() { Ok(map) } else { Err(HeaderError::Missing(missing)) }
}

/// Those of our columns that a header has by their names, whether or not it has all that a file needs.
pub fn found(kind: Kind, header: &[String]) -> Map {
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let place = |field: &Field| {
        let mut known = std::iter::once(&field.name).chain(field.others);
        known.find_map(|name| names.iter().position(|other| other == name))
    };
    kind.fields().iter().filter_map(|field| Some((field.name.to_owned(), place(field)?))).collect()
}

/// `On hand (current)` is `on_hand_current`.
fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_header_is_understood_by_the_names_that_people_use() {
        let said = BTreeMap::new();
        let shopify = header(&["Handle", "SKU", "Location", "On hand (current)", "On hand (new)"]);
        let places: Vec<(String, usize)> = map(Kind::Stock, &shopify, &said).unwrap().into_iter().collect();
        let wanted = [("item", 1), ("node", 2), ("on_hand_current", 3), ("on_hand_new", 4)];
        assert_eq!(places, wanted.map(|(name, place)| (name.to_owned(), place)));
        let items = map(Kind::Items, &header(&["Variant SKU", "EAN", "Name"]), &said).unwrap();
        assert_eq!(items.keys().collect::<Vec<_>>(), ["barcodes", "sku", "title"]);
    }

    #[test]
    fn what_is_said_of_a_column_goes_before_what_is_guessed() {
        let said =
            BTreeMap::from([("sku".to_owned(), "Our no.".to_owned()), ("title".into(), String::new())]);
        let names = header(&["SKU", "Our no.", "Title"]);
        assert_eq!(map(Kind::Items, &names, &said).unwrap(), Map::from([("sku".to_owned(), 1)]));
        let absent = BTreeMap::from([("sku".to_owned(), "Gone".to_owned())]);
        assert_eq!(map(Kind::Items, &names, &absent), Err(HeaderError::NoSuchColumn("Gone".into())));
        let stranger = BTreeMap::from([("colour".to_owned(), "SKU".to_owned())]);
        assert_eq!(map(Kind::Items, &names, &stranger), Err(HeaderError::UnknownField("colour".into())));
        let bare = map(Kind::Stock, &header(&["sku", "location"]), &BTreeMap::new());
        assert_eq!(bare, Err(HeaderError::Missing(vec!["on_hand_new"])));
    }
}

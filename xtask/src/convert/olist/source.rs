//! The source files as they are.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use kernel::Place;
use serde::{Deserialize, de::DeserializeOwned};

/// A row of `orders.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct SourceOrder {
    pub(super) order_id: String,
    pub(super) customer_id: String,
    pub(super) status: String,
    pub(super) purchase_date: Date,
    pub(super) approved_date: Option<Date>,
    pub(super) handover_date: Option<Date>,
    pub(super) delivered_date: Option<Date>,
    pub(super) estimated_date: Option<Date>,
    pub(super) purchase_minute: Option<i64>,
    pub(super) handover_minute: Option<i64>,
    pub(super) delivered_minute: Option<i64>,
}

/// A row of `order_items.csv`: one unit.
#[derive(Debug, Deserialize)]
pub(super) struct SourceItem {
    order_id: String,
    item_no: u32,
    pub(super) product_id: String,
    pub(super) seller_id: String,
    pub(super) price: String,
    pub(super) freight: String,
}

/// A row of `customers.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct SourceCustomer {
    customer_id: String,
    pub(super) customer_unique_id: String,
    pub(super) zip_prefix: String,
    pub(super) city: String,
    pub(super) state: String,
}

/// A row of `sellers.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct SourceSeller {
    seller_id: String,
    pub(super) zip_prefix: String,
    pub(super) city: String,
    pub(super) state: String,
}

/// A row of `products.csv`.
#[derive(Debug, Deserialize)]
pub(super) struct SourceProduct {
    product_id: String,
    pub(super) category: String,
    pub(super) weight_g: Option<i64>,
    pub(super) length_cm: Option<i64>,
    pub(super) height_cm: Option<i64>,
    pub(super) width_cm: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct SourceZip {
    zip_prefix: String,
    lat: f64,
    lng: f64,
}

#[derive(Debug, Deserialize)]
struct SourceCategory {
    category: String,
    category_en: String,
}

/// All of it, by id.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) orders: Vec<SourceOrder>,
    /// The units of each order by their number.
    pub(super) items: HashMap<String, Vec<SourceItem>>,
    pub(super) customers: HashMap<String, SourceCustomer>,
    pub(super) sellers: HashMap<String, SourceSeller>,
    pub(super) products: HashMap<String, SourceProduct>,
    /// English names of categories.
    pub(super) categories: HashMap<String, String>,
    places: HashMap<String, Place>,
}

impl Source {
    pub(super) fn read(folder: &Path) -> anyhow::Result<Source> {
        let mut items: HashMap<String, Vec<SourceItem>> = HashMap::new();
        for item in rows::<SourceItem>(folder, "order_items.csv")? {
            items.entry(item.order_id.clone()).or_default().push(item);
        }
        for units in items.values_mut() {
            units.sort_by_key(|item| item.item_no);
        }
        let mut places = HashMap::new();
        for zip in rows::<SourceZip>(folder, "zip_prefixes.csv")? {
            places.insert(zip.zip_prefix, Place::from_degrees(zip.lat, zip.lng)?);
        }
        let categories = rows::<SourceCategory>(folder, "category_translation.csv")?;
        Ok(Source {
            orders: rows(folder, "orders.csv")?,
            items,
            customers: by_id(rows(folder, "customers.csv")?, |row: &SourceCustomer| &row.customer_id),
            sellers: by_id(rows(folder, "sellers.csv")?, |row: &SourceSeller| &row.seller_id),
            products: by_id(rows(folder, "products.csv")?, |row: &SourceProduct| &row.product_id),
            categories: categories.into_iter().map(|row| (row.category, row.category_en)).collect(),
            places,
        })
    }

    /// Where a postal area is, if the source says.
    pub(super) fn place(&self, zip_prefix: &str) -> Option<Place> {
        self.places.get(zip_prefix).copied()
    }
}

fn by_id<T>(rows: Vec<T>, id: impl Fn(&T) -> &String) -> HashMap<String, T> {
    rows.into_iter().map(|row| (id(&row).clone(), row)).collect()
}

/// The rows of a file, which may be gzipped.
fn rows<T: DeserializeOwned>(folder: &Path, name: &str) -> anyhow::Result<Vec<T>> {
    let plain = folder.join(name);
    let gzipped = folder.join(format!("{name}.gz"));
    let input: Box<dyn Read> = if gzipped.exists() {
        let file = File::open(&gzipped).with_context(|| format!("opening {}", gzipped.display()))?;
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(File::open(&plain).with_context(|| format!("opening {} or {name}.gz", plain.display()))?)
    };
    let rows: Result<Vec<T>, csv::Error> = csv::Reader::from_reader(input).into_deserialize().collect();
    rows.with_context(|| format!("reading {name}"))
}

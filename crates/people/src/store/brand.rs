//! How the organisation and its merchants look.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::{Fault, Tx, args, row};
use kernel::{MerchantId, OrganisationId, Timestamp};
use pictures::{Kind, Picture};

use crate::brand::Brand;
use crate::colour::Colour;

row! {
    struct BrandRow {
        merchant_id: String,
        display_name: String,
        accent: String,
        support_email: String,
        support_phone: String,
        support_link: String,
        logo_digest: String,
    }
}

impl From<BrandRow> for Brand {
    fn from(row: BrandRow) -> Brand {
        Brand {
            display_name: row.display_name,
            accent: Colour::parse(&row.accent),
            support_email: row.support_email,
            support_phone: row.support_phone,
            support_link: row.support_link,
            logo: Some(row.logo_digest).filter(|digest| !digest.is_empty()),
        }
    }
}

/// How a row names whom it is about: nobody for the organisation itself.
fn name_of(merchant_id: Option<&MerchantId>) -> &str {
    merchant_id.map_or("", MerchantId::as_str)
}

/// What a merchant says of its looks, or with none the organisation.
pub async fn find_brand(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: Option<&MerchantId>,
) -> Result<Brand, Fault> {
    let found: Option<BrandRow> = tx
        .query_optional(
            "select merchant_id, display_name, accent, support_email, support_phone, support_link, logo_digest \
               from brand where organisation_id = $1 and merchant_id = $2",
            args![organisation_id, name_of(merchant_id)],
        )
        .await?;
    Ok(found.map(Brand::from).unwrap_or_default())
}

/// How a merchant looks: as it says itself, and else as the organisation says.
pub async fn find_shown_brand(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
) -> Result<Brand, Fault> {
    let rows: Vec<BrandRow> = tx
        .query(
            "select merchant_id, display_name, accent, support_email, support_phone, support_link, logo_digest \
               from brand where organisation_id = $1 and merchant_id in ('', $2)",
            args![organisation_id, merchant_id],
        )
        .await?;
    let (own, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.merchant_id.is_empty());
    let brand = |rows: Vec<BrandRow>| rows.into_iter().next().map(Brand::from).unwrap_or_default();
    Ok(brand(own).or(brand(others)))
}

/// Makes changes of looks wait for each other, so that none takes away a logo that another begins to use.
pub(crate) async fn lock_brands(tx: &Tx, organisation_id: &OrganisationId) -> Result<(), Fault> {
    tx.lock_name(&format!("brands {organisation_id}")).await
}

pub(crate) async fn keep_brand(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: Option<&MerchantId>,
    brand: &Brand,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into brand (organisation_id, merchant_id, display_name, accent, support_email, support_phone, \
                support_link, logo_digest, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         on conflict (organisation_id, merchant_id) do update set display_name = excluded.display_name, \
                accent = excluded.accent, support_email = excluded.support_email, \
                support_phone = excluded.support_phone, support_link = excluded.support_link, \
                logo_digest = excluded.logo_digest, changed_at = excluded.changed_at",
        args![
            organisation_id,
            name_of(merchant_id),
            &brand.display_name,
            brand.accent.map(Colour::hex).unwrap_or_default(),
            &brand.support_email,
            &brand.support_phone,
            &brand.support_link,
            brand.logo.clone().unwrap_or_default(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// A logo by its digest. Whoever knows that has seen a page which shows it.
pub async fn find_logo(
    tx: &Tx,
    organisation_id: &OrganisationId,
    digest: &str,
) -> Result<Option<Picture>, Fault> {
    let found: Option<(String, String)> = tx
        .query_optional(
            "select media_type, content from logo where organisation_id = $1 and digest = $2",
            args![organisation_id, digest],
        )
        .await?;
    Ok(found.and_then(|(media_type, content)| {
        Some(Picture { kind: Kind::parse(&media_type)?, bytes: STANDARD.decode(content).ok()? })
    }))
}

pub(crate) async fn keep_logo(
    tx: &Tx,
    organisation_id: &OrganisationId,
    digest: &str,
    media_type: &str,
    content: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into logo (organisation_id, digest, media_type, content, created_at) values ($1, $2, $3, $4, $5) \
         on conflict (organisation_id, digest) do nothing",
        args![organisation_id, digest, media_type, content, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn forget_unused_logos(tx: &Tx, organisation_id: &OrganisationId) -> Result<(), Fault> {
    tx.execute(
        "delete from logo where organisation_id = $1 and digest not in \
                (select logo_digest from brand where organisation_id = $1)",
        args![organisation_id],
    )
    .await?;
    Ok(())
}

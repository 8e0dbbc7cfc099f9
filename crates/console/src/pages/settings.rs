//! Settings: people and roles, keys, merchants, sessions, and who changed what.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::preferences::Theme;
use crate::shell::Shell;

/// A page of the settings that the reader may look at.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its address.
    pub href: &'static str,
    /// The key of its name.
    pub key: &'static str,
    /// True for the page itself.
    pub is_here: bool,
}

/// Who is on the staff, and who is asked to join.
#[derive(Debug, Template)]
#[template(path = "settings_people.html")]
pub struct People {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Everybody, those who were dismissed last.
    pub people: Vec<PersonRow>,
    /// Who was asked to join.
    pub invited: Vec<InvitedRow>,
    /// The roles that can be given.
    pub roles: Vec<Choice>,
    /// Where they can hold.
    pub areas: Vec<Choice>,
    /// True where the reader may change something here.
    pub can_change: bool,
    /// The link of the invitation that was made just now: it is shown only here.
    pub link: Option<String>,
}

/// A person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// False once they were dismissed.
    pub is_active: bool,
    /// What they may do.
    pub roles: Vec<RoleRow>,
}

/// A role of a person.
#[derive(Debug, Clone)]
pub struct RoleRow {
    /// Its name in forms.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Where it holds, as forms send it.
    pub area: String,
    /// Where it holds, as people call it.
    pub area_name: String,
}

/// Somebody who was asked to join.
#[derive(Debug, Clone)]
pub struct InvitedRow {
    /// The invitation's id.
    pub id: String,
    /// Who.
    pub email: String,
    /// As what.
    pub role: RoleRow,
    /// Until when the link can be used.
    pub until: Timestamp,
}

/// What each role allows.
#[derive(Debug, Template)]
#[template(path = "settings_roles.html")]
pub struct Roles {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// The names of the roles.
    pub roles: Vec<String>,
    /// The roles that the reader may view as.
    pub choices: Vec<Choice>,
    /// Where those may hold.
    pub areas: Vec<Choice>,
    /// Each permission with yes or no for each role.
    pub rows: Vec<RightRow>,
}

/// A row of the matrix.
#[derive(Debug, Clone)]
pub struct RightRow {
    /// The permission's name in the API.
    pub code: &'static str,
    /// Its name in the reader's language.
    pub name: String,
    /// Yes or no for each role.
    pub cells: Vec<bool>,
}

/// Machines' keys.
#[derive(Debug, Template)]
#[template(path = "settings_keys.html")]
pub struct Keys {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// The keys that are good.
    pub keys: Vec<KeyRow>,
    /// What a key can be made for: the names of permissions in forms and in words.
    pub permissions: Vec<Choice>,
    /// Where a key can hold.
    pub areas: Vec<Choice>,
    /// The key that was made just now: it is shown only here.
    pub made: Option<String>,
}

/// A key.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// Who made it.
    pub maker: String,
    /// What it is for; none for all that its maker may.
    pub permissions: Option<String>,
    /// Where it holds.
    pub area: String,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Which version of the API it speaks; none for the newest.
    pub version: Option<String>,
}

/// Badges and shared devices.
#[derive(Debug, Template)]
#[template(path = "settings_badges.html")]
pub struct Badges {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// The badges that are good, the newest first.
    pub badges: Vec<BadgeRow>,
    /// The devices in use, the newest first.
    pub devices: Vec<DeviceRow>,
    /// Who can get a badge.
    pub people: Vec<Choice>,
    /// Where a device can stand.
    pub nodes: Vec<Choice>,
    /// True where the reader may change something here.
    pub can_change: bool,
    /// The badge that was made just now: it can be printed only here.
    pub made: Option<MadeBadge>,
    /// The link of the device that was added just now: it is shown only here.
    pub link: Option<String>,
    /// The same on this server, for whoever holds the device in their hands.
    pub here: String,
}

/// A badge.
#[derive(Debug, Clone)]
pub struct BadgeRow {
    /// Its id.
    pub id: String,
    /// Whose.
    pub person: String,
    /// True where it takes a PIN.
    pub has_pin: bool,
    /// True after too many wrong ones.
    pub is_locked: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A shared device.
#[derive(Debug, Clone)]
pub struct DeviceRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub node: String,
    /// True once a browser is it.
    pub is_taken: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A badge to print.
#[derive(Debug, Clone)]
pub struct MadeBadge {
    /// Whose.
    pub person: String,
    /// Its code as bars: a picture.
    pub bars: String,
    /// Its code.
    pub code: String,
}

/// Identity providers.
#[derive(Debug, Template)]
#[template(path = "settings_providers.html")]
pub struct Providers {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Those there are, and last an empty one to add.
    pub providers: Vec<ProviderForm>,
    /// The roles that people may get whom nobody enrolled.
    pub roles: Vec<Choice>,
    /// Where they can hold.
    pub areas: Vec<Choice>,
}

/// An identity provider as it is set up.
#[derive(Debug, Clone, Default)]
pub struct ProviderForm {
    /// Its id.
    pub id: String,
    /// True where it is to be added.
    pub is_new: bool,
    /// What its button is called.
    pub name: String,
    /// Its issuer address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Where browsers find us.
    pub address: String,
    /// Where it sends browsers back to.
    pub redirect_uri: String,
    /// E-mail domains, with spaces between.
    pub domains: String,
    /// The role of people whom nobody enrolled; empty where they are refused.
    pub role: String,
    /// Where that holds.
    pub area: String,
    /// What is wrong with it, in the reader's language.
    pub error: Option<String>,
}

/// The merchants.
#[derive(Debug, Template)]
#[template(path = "settings_merchants.html")]
pub struct Merchants {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Their ids and names.
    pub merchants: Vec<Choice>,
    /// True where the reader may add and rename.
    pub can_change: bool,
    /// The key under which one is added once.
    pub command: String,
}

/// Customers are forgotten.
#[derive(Debug, Template)]
#[template(path = "settings_privacy.html")]
pub struct Privacy {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Who was asked for.
    pub whom: String,
    /// What is wrong with that.
    pub error: Option<String>,
    /// What an erasure would touch, once that was asked.
    pub rows: Option<Vec<TouchedRow>>,
    /// How many of them can be erased.
    pub ready: i64,
    /// What was done just now.
    pub done: Option<Done>,
}

/// An order that an erasure touches.
#[derive(Debug, Clone)]
pub struct TouchedRow {
    /// Its id.
    pub order_id: String,
    /// The channel's name for it.
    pub reference: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// How many parcels of it bear an address.
    pub parcels: usize,
    /// The key of how it stands.
    pub standing: &'static str,
}

/// What an erasure did.
#[derive(Debug, Clone)]
pub struct Done {
    /// How many orders tell nothing of anybody any more.
    pub erased: i64,
    /// The orders that were left, for they are under way.
    pub under_way: Vec<String>,
}

/// Who changed what.
#[derive(Debug, Template)]
#[template(path = "settings_audit.html")]
pub struct Audit {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// What is sought in what happened.
    pub kind: String,
    /// What is sought in what was changed.
    pub text: String,
    /// The newest first.
    pub changes: Vec<ChangeRow>,
    /// The address of the next page.
    pub next: Option<String>,
}

/// A change.
#[derive(Debug, Clone)]
pub struct ChangeRow {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// Who did it.
    pub actor: String,
    /// What was before, as JSON.
    pub before: String,
    /// What is after, as JSON.
    pub after: String,
    /// The request, as the log calls it.
    pub request: String,
}

/// Where somebody who was invited joins.
#[derive(Debug, Template)]
#[template(path = "join.html")]
pub struct Join {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path.
    pub path: String,
    /// The company.
    pub organisation: String,
    /// The address they will sign in with.
    pub email: String,
    /// The name as typed.
    pub name: String,
    /// What is wrong, in the reader's language.
    pub error: Option<String>,
}

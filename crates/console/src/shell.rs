//! The frame around every page of a signed-in person: navigation, search, preferences, and who is where.

use kernel::Timestamp;
use web::{Access, Permission};

use crate::href;
use crate::look::Look;
use crate::preferences::{Density, Theme};
use crate::words::Tone;

/// A part of the console that the navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What is going on now.
    Overview,
    /// The orders.
    Orders,
    /// The stock grid.
    Stock,
    /// The nodes.
    Nodes,
    /// Picking and packing.
    Stations,
    /// Taking goods in.
    Receive,
    /// Files of orders, items, listings, nodes and stock.
    Import,
    /// People, what they may do, keys, merchants, and who changed what.
    Settings,
}

impl Section {
    /// All of them, in the order of the navigation.
    pub const ALL: [Section; 8] = [
        Section::Overview,
        Section::Orders,
        Section::Stock,
        Section::Nodes,
        Section::Stations,
        Section::Receive,
        Section::Import,
        Section::Settings,
    ];

    /// The key of its name.
    pub fn key(&self) -> &'static str {
        match self {
            Section::Overview => "nav-overview",
            Section::Orders => "nav-orders",
            Section::Stock => "nav-stock",
            Section::Nodes => "nav-nodes",
            Section::Stations => "nav-stations",
            Section::Receive => "nav-receive",
            Section::Import => "nav-import",
            Section::Settings => "nav-settings",
        }
    }

    /// Its address.
    pub fn href(&self) -> &'static str {
        match self {
            Section::Overview => href::OVERVIEW,
            Section::Orders => href::ORDERS,
            Section::Stock => href::STOCK,
            Section::Nodes => href::NODES,
            Section::Stations => href::STATIONS,
            Section::Receive => href::RECEIVE,
            Section::Import => href::IMPORT,
            Section::Settings => href::SETTINGS,
        }
    }

    /// Its icon.
    pub fn icon(&self) -> &'static str {
        match self {
            Section::Overview => "overview",
            Section::Orders => "orders",
            Section::Stock => "stock",
            Section::Nodes => "nodes",
            Section::Stations => "stations",
            Section::Receive => "receive",
            Section::Import => "import",
            Section::Settings => "settings",
        }
    }

    /// True where somebody may look at all of it, or at their part.
    pub fn is_open_to(&self, access: &Access) -> bool {
        match self {
            Section::Overview => access.may_throughout(Permission::OrdersRead),
            Section::Orders => access.may(Permission::OrdersRead),
            Section::Stock => access.may(Permission::StockRead),
            Section::Nodes => access.may(Permission::NetworkRead),
            Section::Stations => access.may(Permission::FloorWork),
            Section::Receive => access.may(Permission::StockReceive),
            Section::Import => access.may_throughout(Permission::DataImport),
            // Everybody has sessions of their own.
            Section::Settings => true,
        }
    }

    /// The letter that follows `g` on the keyboard.
    pub fn letter(&self) -> &'static str {
        match self {
            Section::Overview => "h",
            Section::Orders => "o",
            Section::Stock => "s",
            Section::Nodes => "n",
            Section::Stations => "p",
            Section::Receive => "r",
            Section::Import => "i",
            Section::Settings => "e",
        }
    }

    /// True for what fits the bar at the foot of a small screen; the rest is in the person's menu there.
    pub fn is_main(&self) -> bool {
        !matches!(self, Section::Receive | Section::Import | Section::Settings)
    }
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name shown.
    pub name: String,
    /// The e-mail address they sign in with.
    pub email: String,
}

/// Something to tell once at the top of a page: what was done, or why not.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it feels.
    pub tone: Tone,
    /// The sentence, in the reader's language.
    pub text: String,
}

/// What the frame shows.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The company that runs the platform.
    pub organisation: String,
    /// How it looks.
    pub look: Look,
    /// Who is signed in.
    pub person: Person,
    /// Which part of the console this is.
    pub section: Section,
    /// Light, dark, or as the device says.
    pub theme: Theme,
    /// With air, or as much as fits.
    pub density: Density,
    /// The zone the page's clocks are in, by its name.
    pub zone: String,
    /// This page's own path and query, to come back to after changing a preference.
    pub path: String,
    /// When the page was made.
    pub now: Timestamp,
    /// The parts of the console they may look at.
    pub sections: Vec<Section>,
    /// True where the search is theirs.
    pub can_find: bool,
    /// As whom the reader sees it: a role, and where; none for themselves.
    pub viewing: Option<String>,
    /// How much they have not read of what happened while they were away; none for a machine.
    pub unread: Option<i64>,
    /// What to tell once.
    pub notice: Option<Notice>,
}

impl Shell {
    /// True for the part this page belongs to.
    pub fn is_at(&self, section: &Section) -> bool {
        self.section == *section
    }
}

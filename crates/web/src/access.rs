//! What a caller may do, and where.

use std::fmt;

use kernel::{MerchantId, NodeId, Scope};

macro_rules! permissions {
    ($($name:ident = $code:literal, $says:literal;)*) => {
        /// Something one may be allowed to do. Routes name the one they need; roles are sets of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $(#[doc = $says] $name,)* }

        impl Permission {
            /// All of them, in the order of the role matrix.
            pub const ALL: &[Permission] = &[$(Permission::$name),*];

            /// Its name in the API, in keys and in the role matrix.
            pub fn code(self) -> &'static str {
                match self { $(Permission::$name => $code,)* }
            }

            /// What it allows, in a sentence.
            pub fn says(self) -> &'static str {
                match self { $(Permission::$name => $says,)* }
            }
        }
    };
}

// Append-only: keys are kept with these names.
permissions! {
    OrdersRead = "orders.read", "See orders, their decisions and what happened to them.";
    OrdersWrite = "orders.write", "Place orders.";
    OrdersCancel = "orders.cancel", "Cancel orders or parts of them.";
    StockRead = "stock.read", "See stock and the ledger behind it.";
    StockReceive = "stock.receive", "Take goods in.";
    StockAdjust = "stock.adjust", "Correct the book where it differs from the shelf.";
    CatalogueRead = "catalogue.read", "See items, channels and listings.";
    CatalogueWrite = "catalogue.write", "Add and change items, channels and listings.";
    NetworkRead = "network.read", "See nodes.";
    NetworkWrite = "network.write", "Add nodes, activate and deactivate them.";
    FloorWork = "floor.work", "Pick, pack and report what is short at a station.";
    ShippingRead = "shipping.read", "See parcels and print their labels.";
    ShippingWrite = "shipping.write", "Hand parcels over to carriers.";
    TrackingWrite = "tracking.write", "Report what carriers say of parcels.";
    MerchantsRead = "merchants.read", "See the merchants.";
    MerchantsWrite = "merchants.write", "Add and rename merchants.";
    PeopleRead = "people.read", "See who is on the staff and what they may do.";
    PeopleWrite = "people.write", "Invite people, give and take roles, dismiss.";
    OwnersWrite = "owners.write", "Make owners and unmake them.";
    KeysWrite = "keys.write", "Make and revoke API keys.";
    EventsRead = "events.read", "Follow the stream of everything that happens.";
    WebhooksWrite = "webhooks.write", "Set up where events are sent to.";
    AuditRead = "audit.read", "See who changed what.";
    DataImport = "data.import", "Bring orders in from files.";
    DataExport = "data.export", "Take everything out as files.";
    OperationsRead = "operations.read", "See what is under way outside and whether everything holds.";
    SettingsWrite = "settings.write", "Change how the organisation is set up.";
    CustomersErase = "customers.erase", "Forget customers: what they ordered stays, who they were goes.";
    CustomersRead = "customers.read", "See who ordered, where they live and how to reach them.";
    MoneyRead = "money.read", "See prices, payments and costs.";
    StockTrade = "stock.trade", "Make goods change their owner, and entitle resellers to them.";
    StockApprove = "stock.approve", "Say yes or no to corrections of the book that others proposed.";
}

impl Permission {
    /// The permission of this name.
    pub fn parse(code: &str) -> Option<Permission> {
        Permission::ALL.iter().copied().find(|permission| permission.code() == code)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// All there are.
    pub fn all() -> Permissions {
        Permission::ALL.iter().copied().collect()
    }

    /// True where it is one of them.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// True where all of `others` are among them.
    pub fn has_all(self, others: Permissions) -> bool {
        self.0 & others.0 == others.0
    }

    /// Those that are in both.
    pub fn and(self, others: Permissions) -> Permissions {
        Permissions(self.0 & others.0)
    }

    /// True where there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of the matrix.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Permissions {
        Permissions(permissions.into_iter().fold(0, |set, permission| set | (1 << permission as u64)))
    }
}

/// Where a role or a key holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// In the whole organisation.
    Everywhere,
    /// For what belongs to one merchant.
    Merchant(MerchantId),
    /// For what happens at one node.
    Node(NodeId),
}

impl Area {
    /// The part that lies in both, where there is one. What a merchant has at a node is no area.
    pub fn and(&self, other: &Area) -> Option<Area> {
        match (self, other) {
            (Area::Everywhere, area) | (area, Area::Everywhere) => Some(area.clone()),
            (one, other) if one == other => Some(one.clone()),
            _ => None,
        }
    }
}

/// Permissions in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub permissions: Permissions,
    /// Where.
    pub area: Area,
}

/// Everything a caller may do. Without a grant, nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access(Vec<Grant>);

impl Access {
    /// These grants and no more.
    pub fn of(grants: impl IntoIterator<Item = Grant>) -> Access {
        Access(grants.into_iter().collect())
    }

    /// Everything everywhere: the house itself, and tests of something else.
    pub fn full() -> Access {
        Access(vec![Grant { permissions: Permissions::all(), area: Area::Everywhere }])
    }

    /// What it is made of.
    pub fn grants(&self) -> &[Grant] {
        &self.0
    }

    /// True where it may be done somewhere at least.
    pub fn may(&self, permission: Permission) -> bool {
        self.0.iter().any(|grant| grant.permissions.has(permission))
    }

    /// True where it may be done in the whole organisation.
    pub fn may_throughout(&self, permission: Permission) -> bool {
        self.0.iter().any(|grant| grant.area == Area::Everywhere && grant.permissions.has(permission))
    }

    /// True where all of these may be done in all of the area: who gives a role or a key must have it to give.
    pub fn covers(&self, permissions: Permissions, area: &Area) -> bool {
        let here = self.0.iter().filter(|grant| grant.area == *area || grant.area == Area::Everywhere);
        let held: Permissions = here.flat_map(|grant| grant.permissions.iter()).collect();
        held.has_all(permissions)
    }

    /// Where it may be done.
    pub fn scope(&self, permission: Permission) -> Scope {
        let mut scope = Scope::NOTHING;
        for grant in self.0.iter().filter(|grant| grant.permissions.has(permission)) {
            scope = match &grant.area {
                Area::Everywhere => return Scope::EVERYTHING,
                Area::Merchant(merchant_id) => scope.with_merchant(merchant_id.clone()),
                Area::Node(node_id) => scope.with_node(node_id.clone()),
            };
        }
        scope
    }

    /// Where anything may be done at all.
    pub fn reach(&self) -> Scope {
        self.0.iter().fold(Scope::NOTHING, |scope, grant| match &grant.area {
            _ if scope.is_everything() => scope,
            Area::Everywhere => Scope::EVERYTHING,
            Area::Merchant(merchant_id) => scope.with_merchant(merchant_id.clone()),
            Area::Node(node_id) => scope.with_node(node_id.clone()),
        })
    }

    /// What is left of it under a key that was made for less.
    pub fn under(&self, permissions: Permissions, area: &Area) -> Access {
        let narrow = |grant: &Grant| {
            let permissions = grant.permissions.and(permissions);
            let area = grant.area.and(area)?;
            (!permissions.is_empty()).then_some(Grant { permissions, area })
        };
        Access(self.0.iter().filter_map(narrow).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea() -> Area {
        Area::Merchant(MerchantId::parse("mer_tea").unwrap())
    }

    fn leeds() -> Area {
        Area::Node(NodeId::parse("nod_leeds").unwrap())
    }

    fn grant(permissions: &[Permission], area: Area) -> Grant {
        Grant { permissions: permissions.iter().copied().collect(), area }
    }

    #[test]
    fn every_permission_has_a_name_of_its_own_that_reads_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.code()), Some(*permission));
        }
        assert_eq!(Permission::parse("orders"), None);
        assert!(Permission::ALL.len() <= 64, "a set is a word of 64 bits");
    }

    #[test]
    fn nobody_may_anything_that_was_not_granted() {
        use Permission::*;
        assert!(Permission::ALL.iter().all(|permission| !Access::default().may(*permission)));
        let access = Access::of([grant(&[OrdersRead], tea()), grant(&[FloorWork, OrdersRead], leeds())]);
        assert!(access.may(OrdersRead) && !access.may_throughout(OrdersRead) && !access.may(StockRead));
        let scope = access.scope(OrdersRead);
        assert_eq!((scope.merchant_ids().len(), scope.node_ids().len()), (1, 1));
        assert_eq!(access.scope(StockRead), Scope::NOTHING);
        assert!(Access::full().scope(StockRead).is_everything());
    }

    #[test]
    fn one_gives_only_what_one_has() {
        use Permission::*;
        let access = Access::of([grant(&[OrdersRead], tea()), grant(&[StockRead], Area::Everywhere)]);
        assert!(access.covers([OrdersRead, StockRead].into_iter().collect(), &tea()));
        assert!(!access.covers([OrdersRead].into_iter().collect(), &leeds()));
        assert!(!access.covers([OrdersRead].into_iter().collect(), &Area::Everywhere));
    }

    #[test]
    fn one_reaches_as_far_as_any_grant() {
        use Permission::*;
        let part = [grant(&[OrdersRead], tea()), grant(&[FloorWork], leeds())];
        let reach = Access::of(part.clone()).reach();
        assert_eq!((reach.merchant_ids().len(), reach.node_ids().len()), (1, 1));
        let house = Access::of(part.into_iter().chain([grant(&[StockRead], Area::Everywhere)]));
        assert!(house.reach().is_everything());
        assert_eq!(Access::default().reach(), Scope::NOTHING);
    }

    #[test]
    fn a_key_is_never_more_than_its_maker() {
        use Permission::*;
        let maker = Access::of([grant(&[OrdersRead, OrdersWrite], tea())]);
        let key = maker.under([OrdersRead, StockRead].into_iter().collect(), &Area::Everywhere);
        assert_eq!(key, Access::of([grant(&[OrdersRead], tea())]));
        assert_eq!(maker.under(Permissions::all(), &leeds()), Access::default());
    }
}

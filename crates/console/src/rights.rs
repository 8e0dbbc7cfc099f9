//! The names of permissions and roles in every language.

use people::Role;
use web::Permission;

/// The key of a permission's name.
pub fn permission_key(permission: Permission) -> &'static str {
    match permission {
        Permission::OrdersRead => "permission-orders-read",
        Permission::OrdersWrite => "permission-orders-write",
        Permission::OrdersCancel => "permission-orders-cancel",
        Permission::StockRead => "permission-stock-read",
        Permission::StockReceive => "permission-stock-receive",
        Permission::StockAdjust => "permission-stock-adjust",
        Permission::CatalogueRead => "permission-catalogue-read",
        Permission::CatalogueWrite => "permission-catalogue-write",
        Permission::NetworkRead => "permission-network-read",
        Permission::NetworkWrite => "permission-network-write",
        Permission::FloorWork => "permission-floor-work",
        Permission::ShippingRead => "permission-shipping-read",
        Permission::ShippingWrite => "permission-shipping-write",
        Permission::TrackingWrite => "permission-tracking-write",
        Permission::MerchantsRead => "permission-merchants-read",
        Permission::MerchantsWrite => "permission-merchants-write",
        Permission::PeopleRead => "permission-people-read",
        Permission::PeopleWrite => "permission-people-write",
        Permission::OwnersWrite => "permission-owners-write",
        Permission::KeysWrite => "permission-keys-write",
        Permission::EventsRead => "permission-events-read",
        Permission::WebhooksWrite => "permission-webhooks-write",
        Permission::AuditRead => "permission-audit-read",
        Permission::DataImport => "permission-data-import",
        Permission::DataExport => "permission-data-export",
        Permission::OperationsRead => "permission-operations-read",
        Permission::SettingsWrite => "permission-settings-write",
        Permission::CustomersErase => "permission-customers-erase",
        Permission::CustomersRead => "permission-customers-read",
        Permission::MoneyRead => "permission-money-read",
        Permission::StockTrade => "permission-stock-trade",
        Permission::StockApprove => "permission-stock-approve",
    }
}

/// The key of a role's name.
pub fn role_key(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Admin => "role-admin",
        Role::MerchantOps => "role-merchant-ops",
        Role::Planner => "role-planner",
        Role::WarehouseManager => "role-wh-manager",
        Role::Picker => "role-picker",
        Role::StoreAssociate => "role-store-associate",
        Role::Support => "role-support",
        Role::Finance => "role-finance",
        Role::PartnerOperator => "role-partner",
        Role::CarrierBot => "role-carrier-bot",
        Role::ChannelApp => "role-channel-app",
        Role::Auditor => "role-auditor",
        Role::Agent => "role-agent",
    }
}

-- context: inventory
-- What was received last is asked at every receipt; receipts are few among transfers.
create index stock_transfer_receipts on stock_transfer (organisation_id, transfer_id) where reason = 'receipt';

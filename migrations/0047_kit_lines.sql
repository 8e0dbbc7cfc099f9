-- context: orders
-- Which of the channel's lines this one is of: a kit is one line of the channel's, and one of ours for each of its items.
-- None where they are numbered alike.
alter table order_line add column channel_line_no {int};

-- The role of the service's login: it reads the ledger and calls its procedures, keeps rows of its own in app, and can do nothing else. Run after the migrations by whoever owns the
-- database, then: ALTER ROLE ledger_app ADD MEMBER [the service's user].
-- Procedures write through the chain of ownership. CONTROL is not denied: that would deny EXECUTE as well.
CREATE ROLE ledger_app AUTHORIZATION dbo;
GO
GRANT SELECT, VIEW DEFINITION ON SCHEMA::ledger TO ledger_app;
GO
GRANT SELECT, INSERT, UPDATE ON SCHEMA::app TO ledger_app;
GO
GRANT DELETE ON OBJECT::app.past_segment TO ledger_app;
GO
GRANT DELETE ON OBJECT::app.usage_segment TO ledger_app;
GO
GRANT DELETE ON OBJECT::app.report_view TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.lock_and_read TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.open_account TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.append TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.add_checkpoint TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.lock_catalogue TO ledger_app;
GO
GRANT EXECUTE ON OBJECT::ledger.publish TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.key_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.lot_id_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.scope_hash_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.entry_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.answer_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.lot_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.bill_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.posting_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.usage_event_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.period_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.account_value_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.scope_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.number_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.request_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.lot_end_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.hold_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.hold_resolution_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.debt_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.debt_line_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.undone_list TO ledger_app;
GO
GRANT EXECUTE ON TYPE::ledger.message_list TO ledger_app;
GO
DENY INSERT, UPDATE, DELETE, ALTER, TAKE OWNERSHIP ON SCHEMA::ledger TO ledger_app;
GO

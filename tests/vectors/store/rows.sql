-- A small centre in the tables of each released schema, as SQLite and PostgreSQL both read it.
-- "--- 0001 0001" begins what stands in the schemas from one revision to another, "--- 0001" in all since one.
-- Each statement is one line; each table of each revision has a row.

--- 0001
INSERT INTO teams (id, name) VALUES (4, 'Red');
INSERT INTO people (id, login_id, login_name, login_key, first_name, last_name, extension, password_hash, is_agent, is_supervisor, is_administrator, team_id, automatic_available, enabled) VALUES (1, 'ann', 'Ann', 'ann', 'Ann', 'Lee', '1001', 'hashed', TRUE, FALSE, FALSE, 4, TRUE, TRUE), (5, 'bob', 'Bob', 'bob', 'Bob', 'Ray', '', NULL, TRUE, FALSE, FALSE, NULL, TRUE, TRUE), (6, 'eve', 'Ève', 'ève', 'Ève', 'Roux', '2001', NULL, FALSE, TRUE, TRUE, NULL, TRUE, TRUE);
INSERT INTO team_supervisors (team_id, person_id, position) VALUES (4, 6, 0);
INSERT INTO csqs (id, name, auto_work, wrapup_time_s, service_level_s) VALUES (2, 'Sales', FALSE, 0, 5), (7, 'Support', TRUE, 15, 20), (9, 'Nobody''s', FALSE, 0, 5);

--- 0001 0001
INSERT INTO csq_members VALUES (2, 1), (7, 1), (7, 5);

--- 0001
INSERT INTO triggers (route_point, application_id, application_name, csq_id) VALUES ('6001', 1, 'Shop', 2);
INSERT INTO reason_codes (id, category, code, label, for_all, system_code) VALUES (3, 'NOT_READY', 7, 'Lunch', FALSE, FALSE);
INSERT INTO reason_code_teams VALUES (3, 4);
INSERT INTO samples VALUES ('demo.agents', 2);

--- 0002
INSERT INTO skills VALUES (1, 'Sales'), (2, 'Support'), (3, 'Nobody''s');
INSERT INTO resource_groups VALUES (8, 'Night');
INSERT INTO csq_skills (csq_id, skill_id, position, minimum, weight) VALUES (2, 1, 0, 1, 1), (7, 2, 0, 1, 1), (9, 3, 0, 1, 1);
INSERT INTO person_skills VALUES (1, 1, 5), (1, 2, 5), (5, 2, 5);
INSERT INTO trigger_variables VALUES ('6001', 'language', 'de');

--- 0003
INSERT INTO journals VALUES ('j', 12);
INSERT INTO contactcalldetail VALUES (41, 0, 1, 1, 1, 2, '', 3, '', '0612345678', 1, 'ann', '1001', '6001', '2026-03-01 09:00:00.123000', '2026-03-01 09:05:00', 'Shop', 'é', '', '', '', '', '', '', '', '', '', 300, 0, 0, 0, 0);
INSERT INTO contactqueuedetail VALUES (41, 0, 1, 1, 0, 2, 0, 2, 1, 4, '');
INSERT INTO contactroutingdetail VALUES (41, 0, 1, 1, 1, 1, 4, '2026-03-01 09:00:00', 'longest available');
INSERT INTO agentconnectiondetail VALUES (41, 0, 1, 1, 'ann', '2026-03-01 09:00:04', '2026-03-01 09:05:00', 0, 3, 293, 0, 0, '', 1, 1);
INSERT INTO agentstatedetail VALUES ('ann', '2026-03-01 08:00:00', 0, 1, 0, 1);

--- 0004
INSERT INTO campaigns VALUES (1, 'Spring', 'DIRECT_PREVIEW', 2, 'mon-fri 09:00-20:00', 'Europe/Paris', 3, 60, 600, 600, 600, 1, 30, 'STOPPED');
INSERT INTO dialing_records VALUES (1, 1, 'R-1', 'R-1', '0698000001', 'Ada', 'Lund', '', 'CALLBACK', 1, 1772355600.25, '', '', 'BUSY');
INSERT INTO dialing_attempts VALUES (1, 1, 'ann', 1772352000.5, 'BUSY');
INSERT INTO do_not_call VALUES ('0698000009');

--- 0005
INSERT INTO scram_verifiers VALUES (1, 'hashed', 'verified');

--- 0006
INSERT INTO wrap_up_reasons VALUES (1, 'Sale', FALSE);
INSERT INTO media_properties_layouts VALUES (1, 'Own', '', 'CUSTOM', '{"header":{"entry":[{"displayName":"C","mediaProperty":"callVariable1"}]},"columns":[]}');
INSERT INTO phone_books VALUES (1, 'Friends', 'TEAM');
INSERT INTO contacts VALUES (1, 1, 'Zoë', 'Ng', '0611111111', '');
INSERT INTO workflow_actions VALUES (1, 'Pop', 'BROWSER_POP', 'OTHER', '{"params":[],"action_variables":[]}');
INSERT INTO workflows VALUES (1, 'Flow', '', 'Voice', '{"trigger_set":{"type":"SYSTEM","name":"CALL_ARRIVES","triggers":[]},"condition_set":{"applyMethod":"ALL","conditions":[]}}');
INSERT INTO workflow_action_links VALUES (1, 0, 1);
INSERT INTO wrap_up_reason_teams VALUES (4, 0, 1);
INSERT INTO media_properties_layout_teams VALUES (4, 0, 1);
INSERT INTO phone_book_teams VALUES (4, 0, 1);
INSERT INTO workflow_teams VALUES (4, 0, 1);
INSERT INTO team_layouts VALUES (4, '<finesseLayout/>');
INSERT INTO settings VALUES ('Unknown', '{}');
INSERT INTO audit VALUES (1, '2026-03-01 08:00:00.250000', 'eve', '192.0.2.7', 'POST', '/finesse/api/PhoneBook/1', '', '{}');

--- 0007
INSERT INTO team_messages VALUES (1, 'eve', 'Ève', 'Roux', 1772352000.5, 3600, 'Hello');
INSERT INTO team_message_teams VALUES (1, 4);

--- 0008
INSERT INTO tasks VALUES ('c1', '{"contact_id":"c1","number":[154000,7,2],"submission":{"selector":"chat","name":"Zoë","title":"Help","description":"me","variables":[["callVariable1","<&>"]],"tags":["a","b"],"requeue_on_recovery":true,"submitted_by":"bot"},"selector":"chat","domain_id":5000,"submitted_at":1700000000.25,"changed_at":1700000001.0,"state":"PAUSED","login_id":"ann","offered_at":1700000000.5,"expires_at":1700000030.5,"associated":"154000_7_1","disposition":"CD_NORMAL_END_TASK","discarded":"","estimated_wait_s":12}');
INSERT INTO task_media VALUES ('ann', 5000, '{"login_id":"ann","domain_id":5000,"settings":{"max_dialog_limit":3,"interrupt_action":"IGNORE","logout_action":"TRANSFER"},"state":"PAUSED","changed_at":1700000001.0,"ready":true,"routable":false,"stops":true,"interrupted":true,"reason_code_id":16,"idle_since":1700000000.0}');
--- 0011
INSERT INTO axl_objects (id, uuid, kind, name, partition, name_key, partition_key, definition) VALUES (3, '5d0a4b62-0000-4000-8000-000000000001', 'phone', 'SEPA', '', 'sepa', '', '{"lines": {"line": [{"index": "1", "dirn": {"pattern": "77"}}]}}');
--- 0012
INSERT INTO audit VALUES (2, '2026-03-01 08:00:01', 'eve', '192.0.2.7', 'doAuthenticateUser', '/axl/User/eve', '', '{}');

-- Prosody asks finesse_tx whether a password is right.
--
-- Options: finesse_accounts_url, where listen.accounts of finesse_tx is; finesse_accounts_token, what it wants to see.
-- Accounts are made, changed and removed in finesse_tx alone. While it cannot answer, nobody signs in.

local async = require "util.async";
local http = require "net.http";
local new_sasl = require "util.sasl".new;

local url = module:get_option_string("finesse_accounts_url", "http://127.0.0.1:7072"):gsub("/+$", "");
local token = module:get_option_string("finesse_accounts_token");
assert(token, "finesse_accounts_token is missing");

local function ask(question, fields)
	local wait, done = async.waiter();
	local answer, status;
	http.request(url .. "/" .. question, {
		method = "POST";
		headers = {
			["Authorization"] = "Bearer " .. token;
			["Content-Type"] = "application/x-www-form-urlencoded";
		};
		body = http.formencode(fields);
	}, function (body, code)
		answer, status = body, code;
		done();
	end);
	wait();
	if status ~= 200 then
		module:log("error", "finesse_tx does not answer: %s %s", tostring(status), tostring(answer));
		return false;
	end
	return answer == "true";
end

local provider = {};

local function check_password(username, password)
	return ask("check_password", { user = username, server = module.host, pass = password });
end

function provider.test_password(username, password)
	if check_password(username, password) then
		return true;
	end
	return nil, "not authorized";
end

function provider.user_exists()
	return true; -- asked where nothing may wait; an account that there is not has no contacts and no sessions
end

function provider.get_sasl_handler()
	return new_sasl(module.host, {
		plain_test = function (_, username, password)
			return check_password(username, password), true; -- true: the account is not disabled
		end;
	});
end

module:provides("auth", provider);

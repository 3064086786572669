-- What wrk sends: the calls of a file, one a line ("METHOD PATH TOKEN BODY"), in turn; each thread begins
-- elsewhere. With the second argument "key" every call gets an Idempotency-Key of its own.
local calls, at, keyed, made = {}, 0, false, 0
local thread_count = 0

function setup(thread)
	thread:set("number", thread_count)
	thread_count = thread_count + 1
end

function init(args)
	keyed = args[2] == "key"
	for line in io.lines(args[1]) do
		local method, path, token, body = line:match("^(%S+) (%S+) (%S+) ?(.*)$")
		local headers = { ["Authorization"] = "Bearer " .. token }
		if body == "" then body = nil else headers["Content-Type"] = "application/json" end
		calls[#calls + 1] = { method, path, headers, body, wrk.format(method, path, headers, body) }
	end
	at = number * 37
	-- So that no key comes twice in a run.
	mark = string.format("%d-%d-%d", os.time(), os.clock() * 1e6, number)
end

function request()
	at = at + 1
	local call = calls[at % #calls + 1]
	if not keyed then return call[5] end
	made = made + 1
	call[3]["Idempotency-Key"] = mark .. "-" .. made
	return wrk.format(call[1], call[2], call[3], call[4])
end


function done(summary, latency)
	local failed = summary.errors
	io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
		latency:percentile(50), latency:percentile(99),
		failed.connect + failed.read + failed.write + failed.timeout + failed.status))
end

-- For the tests: what Neovim shows of a Python file, written as JSON to the file that SEE_TO names.

local seen = {}

local function wait(what, condition)
  assert(vim.wait(60000, condition, 20), "nothing came of " .. what)
end

local function look()
  wait("findings", function()
    return #vim.diagnostic.get(0) > 0
  end)
  seen.findings = vim.tbl_map(function(one)
    return { one.lnum + 1, one.col + 1, one.code }
  end, vim.diagnostic.get(0))
  wait("hints", function()
    return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0
  end)
  seen.hints = vim.tbl_map(function(one)
    return { one.inlay_hint.position.line + 1, one.inlay_hint.label }
  end, vim.lsp.inlay_hint.get({ bufnr = 0 }))
  vim.lsp.buf.format({ timeout_ms = 60000 })
  seen.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local done, err = xpcall(look, debug.traceback)
if not done then
  seen.failed = tostring(err)
end
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.SEE_TO)
vim.cmd("quitall!")

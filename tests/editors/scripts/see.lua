-- For the tests: what Neovim shows and does in a file, written as JSON to the file that SEE_TO names.

local seen = {}

local function wait(what, condition)
  assert(vim.wait(60000, condition, 20), "nothing came of " .. what)
end

local function client()
  return vim.lsp.get_clients({ bufnr = 0, name = "cnnspec" })[1]
end

local function request(method, params)
  local answer = assert(client():request_sync(method, params, 60000, 0))
  assert(not answer.err, vim.inspect(answer.err))
  return answer.result
end

local function at(line, column)
  return { textDocument = vim.lsp.util.make_text_document_params(), position = { line = line, character = column } }
end

local function apply(edits)
  vim.lsp.util.apply_workspace_edit(edits, client().offset_encoding)
end

local function look()
  seen.version = tostring(vim.version())
  seen.filetype, seen.commentstring = vim.bo.filetype, vim.bo.commentstring
  seen.syntax = vim.fn.synIDattr(vim.fn.synID(3, 1, 1), "name")
  wait("the server", function()
    return client() ~= nil and client().initialized
  end)
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
  seen.hover = request("textDocument/hover", at(2, 1)).contents.value

  local found = vim.diagnostic.get(0)[1]
  local range = { start = { line = found.lnum, character = found.col }, ["end"] = { line = found.lnum, character = found.end_col } }
  local actions = request("textDocument/codeAction", {
    textDocument = vim.lsp.util.make_text_document_params(),
    range = range,
    context = { diagnostics = { found.user_data.lsp }, only = { "quickfix" } },
  })
  local action = assert(actions[1], "no quick fix")
  seen.fix = action.title
  apply(action.edit or request("codeAction/resolve", action).edit)
  wait("the repair", function()
    return #vim.diagnostic.get(0) == 0
  end)

  apply(request("textDocument/rename", vim.tbl_extend("error", at(0, 6), { newName = "unit" })))
  vim.lsp.buf.format({ timeout_ms = 60000 })
  seen.text = vim.api.nvim_buf_get_lines(0, 0, -1, false)

  vim.lsp.codelens.refresh({ bufnr = 0 })
  wait("lenses", function()
    return #vim.lsp.codelens.get(0) > 0
  end)
  local lens = vim.lsp.codelens.get(0)[#vim.lsp.codelens.get(0)]
  vim.api.nvim_win_set_cursor(0, { lens.range.start.line + 1, 0 })
  vim.ui.select = function(items, _, choose)
    choose(items[#items], #items)
  end
  local before = vim.api.nvim_get_current_buf()
  vim.lsp.codelens.run()
  wait("the summary", function()
    return vim.api.nvim_get_current_buf() ~= before
  end)
  seen.lens, seen.summary = lens.command.title, vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local done, err = xpcall(look, debug.traceback)
if not done then
  seen.failed = tostring(err)
end
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.SEE_TO)
vim.cmd("quitall!")

-- cnnspec in Neovim 0.10 and later, without other plugins: the language server for *.cnn, with its hints and lenses shown.
-- Colours, comments and indentation are those of editors/vim.
--
--   vim.g.cnnspec_command = { "/path/to/.venv/bin/cnnspec", "server" }   where cnnspec is not on the PATH
--   vim.g.cnnspec_hints = "parameters"                                   or "shapes", "rf", "off"
--   vim.g.cnnspec_python = true                                          to check Python files that build Keras models, too

vim.filetype.add({ extension = { cnn = "cnnspec" } })

local command = vim.g.cnnspec_command or { "cnnspec", "server" }
local options = { inlayHints = vim.g.cnnspec_hints or "shapes" }
local filetypes = vim.g.cnnspec_python and { "cnnspec", "python" } or { "cnnspec" }
local roots = { "cnnspec.toml", "pyproject.toml", ".git" }
local group = vim.api.nvim_create_augroup("cnnspec", {})

if vim.lsp.config then
  vim.lsp.config("cnnspec", { cmd = command, filetypes = filetypes, root_markers = roots, init_options = options })
  vim.lsp.enable("cnnspec")
else -- Neovim 0.10
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = filetypes,
    callback = function(event)
      local root = vim.fs.root(event.buf, roots)
      vim.lsp.start({ name = "cnnspec", cmd = command, root_dir = root, init_options = options }, { bufnr = event.buf })
    end,
  })
end

vim.api.nvim_create_autocmd("LspAttach", {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= "cnnspec" then
      return
    end
    vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
    if client.server_capabilities.codeLensProvider then
      vim.lsp.codelens.refresh({ bufnr = event.buf })
      vim.api.nvim_create_autocmd({ "BufEnter", "InsertLeave", "BufWritePost" }, {
        group = group,
        buffer = event.buf,
        callback = function()
          vim.lsp.codelens.refresh({ bufnr = event.buf })
        end,
      })
    end
  end,
})

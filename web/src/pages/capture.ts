// What is loaded when the first of these pages is opened.
export { default as Search } from '../find/Search.tsx';
export { default as Channels } from '../channels/Channels.tsx';
export { default as AddChannels } from '../channels/AddChannels.tsx';
export { default as ChannelDetail } from '../channels/ChannelDetail.tsx';
export { default as Accounts } from '../accounts/Accounts.tsx';
export { default as NewAccount } from '../accounts/NewAccount.tsx';
export { default as FirstAccount } from '../accounts/FirstAccount.tsx';

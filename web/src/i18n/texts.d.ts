// The build makes a JSON file of each catalogue; this is its address, relative to the script that imports it.
declare module 'texts:*' {
  const address: string;
  export default address;
}

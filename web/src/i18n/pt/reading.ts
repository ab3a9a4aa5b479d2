export const reading = {
};
